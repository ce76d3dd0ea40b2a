-- why: the same condition as the guard
-- level: basic
--@ scope viewer

--! guard_same
select title from content
where lower(status) = 'published' and published_at <= current_timestamp(3)
  and deleted_at is null and id <> length(:viewer_id)
;
