-- why: one of the values of the guard
-- level: basic
--@ scope reader

--! guard_or_by_part
select title from content where status = 'archived' and price <= 100 and deleted_at is null and id <> length(:reader_id)
;
