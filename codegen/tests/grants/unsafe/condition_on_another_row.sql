-- kind: grant
-- Another membership of the caller is active.
--@ scope user

--! condition_on_another_row
--@ grants organization
select m.organization_id, m.role from memberships m
join memberships o on o.user_id = :user_id and o.status = 'active' and o.expires_at is null and o.deleted_at is null
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.deleted_at is null;
