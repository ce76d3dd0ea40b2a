-- columns: published_at=maybe, reviewed_by=never
--@ scope system: "types only"

--! check_of_the_row_before_an_update
UPDATE posts SET state = 'draft', published_at = NULL WHERE state = 'published' RETURNING published_at, reviewed_by
;
