-- kind: grant
-- The other arm needs no membership.
--@ scope user, public

--! one_of_two_exists
--@ grants organization
select o.id as organization_id, o.name from organizations o
where o.id = :id and o.deleted_at is null
    and (o.name = :name or exists (
        select from memberships m
        where m.organization_id = o.id and m.user_id = :user_id and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
    ));
