-- kind: grant
-- In system scope too a membership is needed.
--@ scope system: "a job"

--! organization_by_service
--@ grants organization
select o.id as organization_id, o.name from organizations o
where o.id = :id and o.deleted_at is null;
