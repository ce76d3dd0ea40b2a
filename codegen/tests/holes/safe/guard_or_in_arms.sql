-- why: each arm restricts the column to values of the guard
-- level: basic
--@ scope reader

--! guard_or_in_arms
select title from content where ((status = 'archived' and slug = 'x') or (status in ('published', 'archived') and slug = 'y')) and price <= 100 and deleted_at is null and id <> length(:reader_id)
;
