-- why: each nullable side is restricted in its ON
-- level: basic
--@ scope creator

--! x018_nested_left
select c.id, m.title, r.url from content c
  left join media_items m on m.id = c.media_item_id and m.creator_id = c.creator_id and m.deleted_at is null
  left join media_renditions r on r.media_item_id = m.id
 where c.creator_id = :creator_id and c.deleted_at is null
;
