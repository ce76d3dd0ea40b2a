-- why: ON CONFLICT publishes an existing content, and so makes others' comments readable
-- kind: value
--@ scope creator

--! guard_made_true_on_conflict
with written as (
  insert into content as c (id, creator_id, slug, title, status, price)
  values (:id, :creator_id, :slug, :title, 'draft', 1)
  on conflict (id) do update set status = 'published' where c.creator_id = :creator_id and c.deleted_at is null
  returning id, creator_id, status
)
select k.body from comments k join written w on w.id = k.content_id
where k.deleted_at is null and w.creator_id = :creator_id and w.status = 'published'
;
