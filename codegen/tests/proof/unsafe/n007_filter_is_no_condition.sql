-- why: FILTER lets deleted rows out of the array, and COUNT still counts them
-- kind: value
--@ scope organization

--! n007_filter_is_no_condition
SELECT o.id, jsonb_agg(jsonb_build_object('id', c.id)) FILTER (WHERE c.deleted_at IS NULL) AS content, count(c.id) AS pieces
  FROM organizations o JOIN content c ON c.organization_id = o.id
 WHERE o.id = :organization_id AND o.deleted_at IS NULL
 GROUP BY o.id
;
