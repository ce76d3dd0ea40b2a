-- why: the left side of a right join is padded
-- kind: value
--@ scope organization

--! x164_padded_right
SELECT c.id
  FROM (SELECT :organization_id::uuid AS me) s RIGHT JOIN content c ON false
 WHERE c.organization_id IS NOT DISTINCT FROM s.me AND c.deleted_at IS NULL
;
