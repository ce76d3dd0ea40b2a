-- why: the content was published before the statement
-- level: hard
--@ scope creator

--! guard_kept_true
with renamed as (
  update content set title = :title where creator_id = :creator_id and status = 'published' and deleted_at is null returning id, creator_id, status
)
select c.body from comments c join renamed r on r.id = c.content_id where c.deleted_at is null
;
