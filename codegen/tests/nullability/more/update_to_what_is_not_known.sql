-- columns: published_at=maybe
-- nullparams: at
--@ scope system: "types only"

--! update_to_what_is_not_known
--@ param state text
--@ param at timestamptz
UPDATE posts SET state = :state, published_at = :at WHERE state = 'published' RETURNING published_at
;
