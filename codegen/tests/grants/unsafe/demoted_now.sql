-- kind: grant
-- The UPDATE takes the role away.
--@ scope user

--! demoted_now
--@ grants organization as owner
update memberships m set role = 'viewer'
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null and m.role = 'owner'
returning m.organization_id;
