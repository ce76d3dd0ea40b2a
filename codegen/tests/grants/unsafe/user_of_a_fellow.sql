-- kind: grant
-- The id is that of another user.
--@ scope organization

--! user_of_a_fellow
--@ grants user
select m.user_id, m.role from memberships m
where m.organization_id = :organization_id and m.role = 'owner' and m.deleted_at is null
limit 1;
