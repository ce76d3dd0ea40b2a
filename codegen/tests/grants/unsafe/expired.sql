-- kind: grant
-- The membership may be expired.
--@ scope user

--! expired
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and m.deleted_at is null;
