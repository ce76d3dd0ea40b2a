-- level: basic
-- = ANY instead of IN.
--@ scope user

--! editor_by_any_array
--@ grants organization as editor
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
    and m.role = any (array['admin', 'owner']);
