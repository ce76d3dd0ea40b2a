-- why: the second alternative does not restrict the owner
-- kind: value
--@ scope organization

--! coalesce_other
select id from content where deleted_at is null and coalesce(organization_id = :organization_id, price = 0)
;
