-- why: NOT IN accepts all values but those of the guard
-- kind: value
--@ scope reader

--! guard_in_by_not_in
select title from media where kind not in ('video', 'image') and deleted_at is null and title <> :reader_id
;
