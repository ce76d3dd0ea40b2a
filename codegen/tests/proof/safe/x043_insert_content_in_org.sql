-- why: the organization is of an own membership
-- level: basic
--@ scope creator

--! x043_insert_content_in_org
--@ param organization_id uuid
insert into content (creator_id, organization_id, slug, title)
select m.user_id, m.organization_id, 's', 't' from organization_memberships m where m.user_id = :creator_id and m.organization_id = :organization_id
;
