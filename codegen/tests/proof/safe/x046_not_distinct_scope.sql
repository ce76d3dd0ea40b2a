-- why: the token's parameter is never NULL
-- level: hard
--@ scope organization

--! x046_not_distinct_scope
select id from content where organization_id is not distinct from :organization_id and deleted_at is null
;
