-- level: basic
-- The row as the UPDATE leaves it.
--@ scope user

--! accepted_now
--@ grants organization
update memberships m set status = 'active'
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'invited' and m.expires_at is null and m.deleted_at is null
returning m.organization_id, m.role;
