-- why: the linked media is own and live
-- level: basic
--@ scope creator

--! x024_update_link
--@ param id uuid
--@ param media_item_id uuid
update content c set media_item_id = m.id from media_items m where m.id = :media_item_id and m.creator_id = :creator_id and m.deleted_at is null and c.id = :id and c.creator_id = :creator_id and c.deleted_at is null
;
