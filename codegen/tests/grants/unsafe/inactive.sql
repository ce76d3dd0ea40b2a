-- kind: grant
-- The membership may be inactive.
--@ scope user

--! inactive
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.deleted_at is null and m.expires_at is null;
