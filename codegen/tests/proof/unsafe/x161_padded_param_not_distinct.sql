-- why: where the left join pads it, me is NULL and no longer the parameter
-- kind: value
--@ scope organization

--! x161_padded_param_not_distinct
SELECT c.id
  FROM content c LEFT JOIN (SELECT :organization_id::uuid AS me) s ON c.price_cents > 5
 WHERE c.organization_id IS NOT DISTINCT FROM s.me AND c.deleted_at IS NULL
;
