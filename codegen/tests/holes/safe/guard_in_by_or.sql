-- why: the guard is written with IN, the query with OR
-- level: basic
--@ scope reader

--! guard_in_by_or
select title from media where (kind = 'video' or kind = 'image') and deleted_at is null and title <> :reader_id
;
