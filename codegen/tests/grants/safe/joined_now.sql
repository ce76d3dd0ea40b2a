-- level: basic
-- Columns that INSERT omits are NULL, since they have no defaults.
--@ scope user, public

--! joined_now
--@ grants organization
insert into memberships (organization_id, user_id, role, status)
select o.id, :user_id, 'reader', 'active' from organizations o
where o.id = :organization_id and o.deleted_at is null
on conflict do nothing
returning organization_id, role;
