-- why: the time is rounded to seconds and can be later than the one in the guard
-- kind: value
--@ scope viewer

--! guard_other_precision
select title from content
where lower(status) = 'published' and published_at <= current_timestamp(0)
  and deleted_at is null and id <> length(:viewer_id)
;
