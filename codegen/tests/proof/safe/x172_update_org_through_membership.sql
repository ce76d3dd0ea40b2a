-- why: the organization hangs on an own membership
-- level: basic
--@ scope creator

--! x172_update_org_through_membership
--@ param id uuid
update organizations o set name = 'x' from organization_memberships m where m.organization_id = o.id and m.user_id = :creator_id and o.id = :id and o.deleted_at is null
;
