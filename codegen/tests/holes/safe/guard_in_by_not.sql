-- why: NOT of AND, by De Morgan
-- level: basic
--@ scope reader

--! guard_in_by_not
select title from media where not (kind <> 'video' and kind <> 'image') and deleted_at is null and title <> :reader_id
;
