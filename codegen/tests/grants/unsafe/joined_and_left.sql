-- kind: grant
-- The new row is deleted from the start.
--@ scope user, public

--! joined_and_left
--@ grants organization
insert into memberships (organization_id, user_id, role, status, deleted_at)
select o.id, :user_id, 'reader', 'active', now() from organizations o
where o.id = :organization_id and o.deleted_at is null
returning organization_id, role;
