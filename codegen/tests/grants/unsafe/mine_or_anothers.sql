-- kind: grant
-- The other arm accepts memberships of others.
--@ scope user, organization

--! mine_or_anothers
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id
    and (m.user_id = :user_id or m.role = 'owner')
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
limit 1;
