-- kind: grant
-- With ON CONFLICT DO UPDATE the existing row can be deleted.
--@ scope user, public

--! joined_again
--@ grants organization
insert into memberships (organization_id, user_id, role, status)
select o.id, :user_id, 'reader', 'active' from organizations o
where o.id = :organization_id and o.deleted_at is null
on conflict (organization_id, user_id) do update set status = 'active', expires_at = null
returning organization_id, role;
