-- why: the quoted word "null" is a value that the guard does not allow
-- kind: value
--@ scope reader

--! guard_in_literal_word
select id from media where deleted_at is null and kind = any('{image,"null"}')
;
