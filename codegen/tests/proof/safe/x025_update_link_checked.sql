-- why: the linked media is checked by EXISTS
-- level: hard
--@ scope creator

--! x025_update_link_checked
--@ param id uuid
--@ param media_item_id uuid
update content set media_item_id = :media_item_id where id = :id and creator_id = :creator_id and deleted_at is null
   and exists (select 1 from media_items m where m.id = :media_item_id and m.creator_id = :creator_id and m.deleted_at is null)
;
