-- level: basic
-- Columns that the UPDATE does not set keep their values.
--@ scope user

--! accepted_now_as_admin
--@ grants organization as editor
update memberships m set status = 'active'
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'invited' and m.role = 'admin' and m.expires_at is null and m.deleted_at is null
returning m.organization_id, m.role;
