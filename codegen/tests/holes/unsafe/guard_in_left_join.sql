-- why: ON does not restrict the left side of a left join
-- kind: value
--@ scope reader

--! guard_in_left_join
select m.title from media m left join tags t on m.kind in ('video', 'image') where m.deleted_at is null and m.title <> :reader_id
;
