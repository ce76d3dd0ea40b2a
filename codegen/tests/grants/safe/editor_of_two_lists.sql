-- level: basic
-- One of two conditions is enough.
--@ scope user

--! editor_of_two_lists
--@ grants organization as editor
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
    and m.role in ('admin', 'viewer', 'owner') and m.role in ('admin', 'editor');
