-- kind: grant
-- NOT IN accepts all other roles.
--@ scope user

--! role_by_not_in
--@ grants organization as admin
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
    and m.role not in ('owner', 'admin');
