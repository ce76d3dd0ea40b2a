-- why: as bpchar, ids that differ in trailing blanks are equal
-- kind: value
--@ scope creator

--! x168_bpchar_outputs
SELECT s.id
  FROM (SELECT id, creator_id::bpchar AS x, deleted_at FROM content) s,
       (SELECT :creator_id::text::bpchar AS y) t
 WHERE s.x = t.y AND s.deleted_at IS NULL
;
