-- kind: grant
-- The UPDATE ends the membership.
--@ scope user

--! left_now
--@ grants organization
update memberships m set status = 'left'
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
returning m.organization_id;
