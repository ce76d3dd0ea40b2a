-- why: the same OR in another order
-- level: basic
--@ scope reader

--! guard_or_by_or
select title from content where ('archived' = status or status = 'published') and price <= 100 and deleted_at is null and id <> length(:reader_id)
;
