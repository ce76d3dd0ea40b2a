-- why: at most in one order and at least in another is not equal
-- kind: value
--@ scope creator

--! x167_two_collations
SELECT id FROM content
 WHERE creator_id <= :creator_id COLLATE "en-US-x-icu" AND creator_id >= :creator_id COLLATE "C"
   AND deleted_at IS NULL
;
