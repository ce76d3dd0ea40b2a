-- columns: published_at=maybe
-- nullparams: at
--@ scope system: "types only"

--! update_of_a_joined_row
--@ param at timestamptz
UPDATE posts p SET published_at = :at FROM posts q WHERE q.id = p.id + 1 AND q.state = 'published' RETURNING p.published_at
;
