-- why: a key that is replaced by NULL is not distinct from a parameter that is NULL
-- kind: value
--@ scope organization

--! having_not_distinct
select organization_id, count(*) as n from content where deleted_at is null group by rollup (organization_id) having organization_id is not distinct from :other and :other = any(:others::bigint[]) is not true
;
