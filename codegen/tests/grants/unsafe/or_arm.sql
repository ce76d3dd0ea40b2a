-- kind: grant
-- The other arm accepts inactive memberships.
--@ scope user

--! or_arm
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and (m.status = 'active' or m.role = 'owner') and m.expires_at is null and m.deleted_at is null;
