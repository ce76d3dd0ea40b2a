-- why: IN a union of own keys
-- level: hard
--@ scope creator

--! x031_in_through_union
select r.url from media_renditions r where r.media_item_id in (select m.id from media_items m where m.creator_id = :creator_id and m.deleted_at is null limit 10)
;
