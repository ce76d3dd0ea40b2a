-- level: basic
-- The same with explicit NULLs.
--@ scope user, public

--! joined_now_in_words
--@ grants organization
insert into memberships (organization_id, user_id, role, status, expires_at, deleted_at)
select o.id, :user_id, 'reader', 'active', null, null from organizations o
where o.id = :organization_id and o.deleted_at is null
returning organization_id, role;
