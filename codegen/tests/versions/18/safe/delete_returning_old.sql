-- why: the old row of DELETE names the creator
-- level: basic
--@ scope creator

--! delete_returning_old
with gone as (
  delete from notes n using content c
  where c.id = n.content_id and c.creator_id = :creator_id and c.deleted_at is null and n.author_id = :creator_id
  returning old.author_id as who)
select x.title from content x, gone where x.creator_id = gone.who and x.deleted_at is null
;
