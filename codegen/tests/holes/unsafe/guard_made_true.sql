-- why: the statement publishes the content itself, and so makes others' comments readable
-- kind: value
--@ scope creator

--! guard_made_true
with published as (
  update content set status = 'published' where creator_id = :creator_id and deleted_at is null returning id, creator_id, status
)
select c.body from comments c join published p on p.id = c.content_id where c.deleted_at is null
;
