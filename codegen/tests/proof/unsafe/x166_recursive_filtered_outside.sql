-- why: the condition outside drops foreign folders after the walk has gone through them
-- kind: influence
--@ scope creator

--! x166_recursive_filtered_outside
WITH RECURSIVE r AS (
  SELECT id, parent_id, creator_id, deleted_at FROM folders WHERE id = :id
  UNION ALL
  SELECT f.id, f.parent_id, f.creator_id, f.deleted_at FROM folders f JOIN r ON f.parent_id = r.id
)
SELECT id FROM r WHERE creator_id = :creator_id AND deleted_at IS NULL
;
