-- kind: grant
-- The UPDATE deletes the membership.
--@ scope user

--! marked_deleted_now
--@ grants organization
update memberships m set deleted_at = now()
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
returning m.organization_id;
