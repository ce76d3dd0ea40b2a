-- columns: published_at=maybe
-- nullparams: at
--@ scope system: "types only"

--! update_away_from_what_a_check_demands
--@ param at timestamptz
UPDATE posts SET state = 'draft', published_at = :at WHERE state = 'published' RETURNING published_at
;
