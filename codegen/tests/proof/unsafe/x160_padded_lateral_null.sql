-- why: the left join pads d with NULL, so that d says nothing of c.deleted_at
-- kind: value
--@ scope creator

--! x160_padded_lateral_null
SELECT c.id
  FROM content c LEFT JOIN LATERAL (SELECT c.deleted_at AS d) s ON false
 WHERE c.creator_id = :creator_id AND s.d IS NULL
;
