-- why: the row that is updated is checked again in its new version
-- first: update memberships set role = 'member' where id = 1
-- with: organization_id = 1, creator_id = 7
-- gives: nothing
--@ scope creator
--@ grants organization as manager
--! grant_of_updated
update memberships set active = true
where organization_id = :organization_id and user_id = :creator_id and active and role = 'manager'
returning organization_id;
