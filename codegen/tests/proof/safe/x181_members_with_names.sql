-- why: users by their membership
-- level: basic
--@ scope organization

--! x181_members_with_names
select u.display_name, m.role from organization_memberships m join users u on u.id = m.user_id where m.organization_id = :organization_id
;
