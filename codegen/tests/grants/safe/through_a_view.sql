-- level: basic
-- Conditions of a view count.
--@ scope user

--! through_a_view
--@ grants organization as owner
select organization_id, role from my_roles
where organization_id = :organization_id and user_id = :user_id and role = 'owner';
