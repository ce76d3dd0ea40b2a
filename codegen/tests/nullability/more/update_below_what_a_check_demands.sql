-- columns: published_at=never, reviewed_by=never
-- nullparams: by
--@ scope system: "types only"

--! update_below_what_a_check_demands
--@ param by text
UPDATE posts SET reviewed_by = :by WHERE state = 'published' RETURNING published_at, reviewed_by
;
