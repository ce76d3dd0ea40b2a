-- why: NULL counts as true
-- kind: value
--@ scope organization

--! coalesce_true
select id from content where deleted_at is null and coalesce(organization_id = :organization_id, true)
;
