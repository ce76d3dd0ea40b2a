-- why: an own membership does not make the organization the creator's to change without its link
-- kind: write
--@ scope creator

--! x163_update_org_by_membership
--@ param id uuid
update organizations set name = 'x' where id = :id and deleted_at is null and exists (select 1 from organization_memberships m where m.user_id = :creator_id)
;
