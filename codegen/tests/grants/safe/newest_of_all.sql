-- level: basic
-- Any of the caller's memberships.
--@ scope user

--! newest_of_all
--@ grants organization
select m.organization_id, m.role from memberships m
where m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
order by m.role
limit 1;
