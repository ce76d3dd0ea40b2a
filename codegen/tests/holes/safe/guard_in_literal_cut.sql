-- why: some of the values of the guard
-- level: basic
--@ scope reader

--! guard_in_literal_cut
select id, title from media where deleted_at is null and kind = any('{image}') and kind <> any('{a,b}')
;
