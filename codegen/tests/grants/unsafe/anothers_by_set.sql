-- kind: grant
-- The membership of another member, in one of the caller's organizations.
--@ scope organizations

--! anothers_by_set
--@ grants organization as owner
select m.organization_id, m.role from memberships m
where m.organization_id = any (:organization_ids)
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null and m.role = 'owner'
limit 1;
