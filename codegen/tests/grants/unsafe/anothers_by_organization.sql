-- kind: grant
-- The membership of another member.
--@ scope organization

--! anothers_by_organization
--@ grants organization as owner
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null and m.role = 'owner'
limit 1;
