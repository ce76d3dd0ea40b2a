-- why: the values are compared with another column
-- kind: value
--@ scope reader

--! guard_or_other_column
select title from content where slug in ('archived', 'published') and price <= 100 and deleted_at is null and id <> length(:reader_id)
;
