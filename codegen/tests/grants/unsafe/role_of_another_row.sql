-- kind: grant
-- Another membership of the caller has the role.
--@ scope user

--! role_of_another_row
--@ grants organization as owner
select m.organization_id, m.role from memberships m
join memberships o on o.user_id = :user_id and o.role = 'owner' and o.deleted_at is null
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null;
