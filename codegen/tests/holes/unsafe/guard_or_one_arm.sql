-- why: the other arm accepts drafts
-- kind: value
--@ scope reader

--! guard_or_one_arm
select title from content where (status in ('archived', 'published') or slug = 'x') and price <= 100 and deleted_at is null and id <> length(:reader_id)
;
