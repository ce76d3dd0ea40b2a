-- why: one of the values is not allowed by the guard
-- kind: value
--@ scope reader

--! guard_or_by_more
select title from content where status in ('archived', 'published', 'draft') and price <= 100 and deleted_at is null and id <> length(:reader_id)
;
