-- why: IS NOT FALSE also accepts NULL
-- kind: value
--@ scope reader

--! guard_in_literal_unknown
select id from media where deleted_at is null and (kind = any('{image,video}')) is not false
;
