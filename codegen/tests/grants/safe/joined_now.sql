-- level: basic
-- A new row is not deleted and does not end where it is not said to: nothing else makes values for these columns.
--@ scope user, public

--! joined_now
--@ grants organization
insert into memberships (organization_id, user_id, role, status)
select o.id, :user_id, 'reader', 'active' from organizations o
where o.id = :organization_id and o.deleted_at is null
on conflict do nothing
returning organization_id, role;
