-- kind: grant
-- A view can have its own defaults for omitted columns.
--@ scope user, public

--! joined_through_a_view
--@ grants organization
insert into left_memberships (organization_id, user_id, role, status)
select o.id, :user_id, 'reader', 'active' from organizations o
where o.id = :organization_id and o.deleted_at is null
returning organization_id, role;
