-- why: the new row of DELETE is NULL, and matches profiles without an author
-- kind: value
--@ scope creator

--! delete_returning_new_plain
with gone as (
  delete from notes n using content c
  where c.id = n.content_id and c.creator_id = :creator_id and c.deleted_at is null and n.author_id = :creator_id
  returning new.author_id as who)
select p.bio from profiles p, gone where p.who is not distinct from gone.who
;
