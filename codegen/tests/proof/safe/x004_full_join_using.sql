-- why: the merged column pins both sides
-- level: hard
--@ scope creator

--! x004_full_join_using
select creator_id, c.slug, m.title
  from (select * from content where deleted_at is null) c
  full join (select * from media_items where deleted_at is null) m using (creator_id)
 where creator_id = :creator_id
;
