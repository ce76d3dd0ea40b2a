-- kind: grant
-- The member is any parameter.
--@ scope organization

--! anothers_by_parameter
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :member_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null;
