-- why: a correlated array
-- level: basic
--@ scope creator

--! x027_array_agg
select m.id, array(select c.title from content c where c.media_item_id = m.id and c.creator_id = m.creator_id and c.deleted_at is null order by 1)
  from media_items m where m.creator_id = :creator_id and m.deleted_at is null
;
