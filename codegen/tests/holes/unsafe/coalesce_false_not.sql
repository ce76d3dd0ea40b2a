-- why: NOT of it is true where the comparison is NULL
-- kind: value
--@ scope organization

--! coalesce_false_not
select id from content where deleted_at is null and not coalesce(organization_id <> :organization_id, false)
;
