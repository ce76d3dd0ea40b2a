-- why: a comparison with the padded NULL is not true for anybody's rows
-- kind: value
--@ scope creator

--! x162_padded_param_not_true
SELECT c.id
  FROM content c LEFT JOIN (SELECT :creator_id::text AS me) s ON c.price_cents > 5
 WHERE (c.creator_id <> s.me) IS NOT TRUE AND c.creator_id IS NOT NULL AND :creator_id IS NOT NULL
   AND c.deleted_at IS NULL
;
