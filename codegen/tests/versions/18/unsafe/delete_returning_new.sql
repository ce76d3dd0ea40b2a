-- why: the new row of DELETE is NULL, whatever WHERE says of the old one
-- kind: value
--@ scope creator

--! delete_returning_new
with gone as (
  delete from notes n using content c
  where c.id = n.content_id and c.creator_id = :creator_id and c.deleted_at is null and n.author_id = :creator_id
  returning new.author_id as who)
select x.title from content x, gone where x.creator_id is not distinct from coalesce(gone.who, x.creator_id) and x.deleted_at is null
;
