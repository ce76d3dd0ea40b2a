-- kind: grant
-- The id is computed.
--@ scope user

--! id_from_an_aggregate
--@ grants organization
select (array_agg(m.organization_id))[1] as organization_id from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null;
