-- why: a CTE that gives the parameter may be padded
-- kind: value
--@ scope organization

--! x165_padded_cte
WITH me AS (SELECT :organization_id::uuid AS x)
SELECT c.id
  FROM content c LEFT JOIN me ON c.price_cents > 3
 WHERE c.organization_id IS NOT DISTINCT FROM me.x AND c.deleted_at IS NULL
;
