-- why: a membership that is locked is checked again, and stays until the transaction ends
-- first: update memberships set role = 'member' where id = 1
-- with: organization_id = 1, creator_id = 7
-- gives: nothing
--@ scope creator
--@ grants organization as manager
--! grant_locked
select organization_id from memberships
where organization_id = :organization_id and user_id = :creator_id and active and role = 'manager'
for share;
