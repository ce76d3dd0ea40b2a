-- why: not false where it is NULL
-- kind: value
--@ scope reader

--! guard_in_literal_unknown
select id from media where deleted_at is null and (kind = any('{image,video}')) is not false
;
