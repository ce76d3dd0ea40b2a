-- kind: grant
-- Anyone sees that it exists.
--@ scope public

--! public_organization
--@ grants organization
select id as organization_id, name from organizations
where id = :id and deleted_at is null;
