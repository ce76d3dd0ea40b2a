-- kind: grant
-- The aggregate gives a row even without a membership.
--@ scope user

--! id_from_parameter
--@ grants organization
select :organization_id::uuid as organization_id, count(*) as memberships from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null;
