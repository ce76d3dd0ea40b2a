-- why: the outer condition is pushed down into the subquery
-- level: basic
--@ scope reader

--! guard_in_subquery
select x.title from (select m.title, m.kind, m.id from media m where m.deleted_at is null) x where x.kind in ('video', 'image') and x.title <> :reader_id
;
