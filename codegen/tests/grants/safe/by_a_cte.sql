-- level: basic
-- The membership is in a CTE.
--@ scope user

--! by_a_cte
--@ grants organization as admin
with mine as (
    select m.organization_id, m.role from memberships m
    where m.organization_id = :organization_id and m.user_id = :user_id
        and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
)
select organization_id, role from mine where role in ('owner', 'admin');
