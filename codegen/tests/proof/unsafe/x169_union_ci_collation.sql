-- why: UNION takes ids that differ in case for equal, and may keep the foreign row
-- kind: influence
--@ scope creator

--! x169_union_ci_collation
SELECT u.t
  FROM (SELECT creator_id AS o, title AS t, deleted_at AS d FROM content
        UNION
        SELECT :creator_id COLLATE app.ci, 'x', NULL) u
 WHERE u.o = :creator_id COLLATE "C" AND u.d IS NULL
;
