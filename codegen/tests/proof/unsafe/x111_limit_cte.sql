-- why: the CTE cuts before the filter
-- kind: influence
--@ scope creator

--! x111_limit_cte
with c as (select id, creator_id from content where deleted_at is null limit 3) select id from c where creator_id = :creator_id
;
