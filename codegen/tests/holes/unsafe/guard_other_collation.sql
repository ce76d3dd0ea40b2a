-- why: lower() uses another collation than in the guard
-- kind: value
--@ scope viewer

--! guard_other_collation
select title from content
where (lower(status collate "tr-x-icu") collate "default") = 'published' and published_at <= current_timestamp(3)
  and deleted_at is null and id <> length(:viewer_id)
;
