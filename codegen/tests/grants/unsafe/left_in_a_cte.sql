-- kind: grant
-- The SELECT reads the row as it was before the UPDATE.
--@ scope user

--! left_in_a_cte
--@ grants organization
with gone as (
    update memberships m set status = 'left'
    where m.user_id = :user_id and m.deleted_at is null
)
select m.organization_id from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null;
