-- why: the word null is another one
-- kind: value
--@ scope reader

--! guard_in_literal_word
select id from media where deleted_at is null and kind = any('{image,"null"}')
;
