-- why: a comparison that is not true for NULL keeps the padded rows out
-- level: hard
--@ scope creator

--! x061_padded_param_equal
SELECT c.id
  FROM content c LEFT JOIN (SELECT :creator_id::text AS me) s ON c.price_cents > 5
 WHERE c.creator_id = s.me AND c.deleted_at IS NULL
;
