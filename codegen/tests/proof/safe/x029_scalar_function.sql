-- why: the body counts the organization's content
-- level: hard
--@ scope organization

--! x029_scalar_function
select o.name, org_live_count(o.id) from organizations o where o.id = :organization_id and o.deleted_at is null
;
