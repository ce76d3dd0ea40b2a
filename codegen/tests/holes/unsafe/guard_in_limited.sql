-- why: LIMIT is applied before the outer condition
-- kind: influence
--@ scope reader

--! guard_in_limited
select x.title from (select m.title, m.kind from media m where m.deleted_at is null order by m.id limit 5) x where x.kind in ('video', 'image') and x.title <> :reader_id
;
