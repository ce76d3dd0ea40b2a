-- why: the second says nothing
-- kind: value
--@ scope organization

--! coalesce_other
select id from content where deleted_at is null and coalesce(organization_id = :organization_id, price = 0)
;
