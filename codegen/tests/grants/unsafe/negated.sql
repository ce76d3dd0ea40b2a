-- kind: grant
-- The membership is not active.
--@ scope user

--! negated
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status <> 'active' and m.expires_at is null and m.deleted_at is null;
