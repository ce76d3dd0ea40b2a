-- kind: grant
-- The membership is that of someone whom the caller invited.
--@ scope inviter

--! anothers_by_inviter
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.inviter_id = :inviter_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
limit 1;
