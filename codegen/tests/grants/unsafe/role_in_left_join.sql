-- kind: grant
-- The owner's membership may be missing.
--@ scope user

--! role_in_left_join
--@ grants organization as owner
select m.organization_id, x.role from memberships m
left join memberships x on x.organization_id = m.organization_id and x.user_id = :user_id and x.role = 'owner' and x.deleted_at is null
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null;
