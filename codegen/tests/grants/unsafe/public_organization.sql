-- kind: grant
-- A public organization is no membership.
--@ scope public

--! public_organization
--@ grants organization
select id as organization_id, name from organizations
where id = :id and deleted_at is null;
