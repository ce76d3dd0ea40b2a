-- level: basic
-- Conditions inside and outside of a subquery.
--@ scope user

--! in_a_subquery
--@ grants organization as owner
select x.organization_id from (
    select m.organization_id, m.role from memberships m
    where m.organization_id = :organization_id and m.user_id = :user_id
        and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
) x
where x.role = 'owner';
