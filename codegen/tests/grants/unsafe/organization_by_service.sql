-- kind: grant
-- Also for the service only a membership grants; anything else is a waiver.
--@ scope system: "a job"

--! organization_by_service
--@ grants organization
select o.id as organization_id, o.name from organizations o
where o.id = :id and o.deleted_at is null;
