-- why: quoted elements of an array literal
-- level: basic
--@ scope reader

--! guard_in_literal_quoted
select id from media where deleted_at is null and kind = any('{"image",video}')
;
