-- why: NOT of it is true by the default
-- kind: value
--@ scope organization

--! coalesce_false_not
select id from content where deleted_at is null and not coalesce(organization_id <> :organization_id, false)
;
