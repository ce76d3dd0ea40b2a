-- columns: published_at=never
--@ scope system: "types only"

--! check_of_a_deleted_row
DELETE FROM posts WHERE state = 'published' RETURNING published_at
;
