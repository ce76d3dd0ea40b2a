-- why: a row of VALUES may be padded like any other
-- kind: value
--@ scope organization

--! x163_padded_values
SELECT c.id
  FROM content c LEFT JOIN (VALUES (:organization_id::uuid)) s (me) ON false
 WHERE c.organization_id IS NOT DISTINCT FROM s.me AND c.deleted_at IS NULL
;
