-- kind: grant
-- An invited member is not active.
--@ scope user

--! wrong_status
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'invited' and m.expires_at is null and m.deleted_at is null;
