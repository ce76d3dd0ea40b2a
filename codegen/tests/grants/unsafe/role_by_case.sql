-- kind: grant
-- ELSE of the CASE is a parameter.
--@ scope user

--! role_by_case
--@ grants organization as owner
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
    and case when m.role = 'owner' then true else :other::boolean end;
