-- kind: grant
-- The list contains a parameter.
--@ scope user

--! role_list_with_parameter
--@ grants organization as owner
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
    and m.role in ('owner', :role);
