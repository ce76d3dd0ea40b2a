-- columns: published_at=never, reviewed_by=never
-- nullparams: at, by
--@ scope system: "types only"

--! update_to_what_a_check_demands
--@ param at timestamptz
--@ param by text
--@ param id integer
UPDATE posts SET state = 'published', published_at = :at, reviewed_by = :by WHERE id = :id RETURNING published_at, reviewed_by
;
