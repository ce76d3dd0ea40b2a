-- why: the guard is written with OR, the query with IN
-- level: basic
--@ scope reader

--! guard_or_by_in
select title from content where status in ('archived', 'published') and price <= 100 and deleted_at is null and id <> length(:reader_id)
;
