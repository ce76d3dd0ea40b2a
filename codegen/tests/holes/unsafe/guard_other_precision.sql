-- why: rounded to seconds the time may be later than the guard has it
-- kind: value
--@ scope viewer

--! guard_other_precision
select title from content
where lower(status) = 'published' and published_at <= current_timestamp(0)
  and deleted_at is null and id <> length(:viewer_id)
;
