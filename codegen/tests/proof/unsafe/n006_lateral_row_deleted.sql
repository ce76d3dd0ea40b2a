-- why: a whole row in a nested result may be a deleted one
-- kind: value
--@ scope organization

--! n006_lateral_row_deleted
SELECT o.id, x.content
  FROM organizations o
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('id', c.id, 'media_item', to_jsonb(m))) AS content
      FROM content c
      LEFT JOIN media_items m ON m.id = c.media_item_id
     WHERE c.organization_id = o.id AND c.deleted_at IS NULL) x ON true
 WHERE o.id = :organization_id AND o.deleted_at IS NULL
;
