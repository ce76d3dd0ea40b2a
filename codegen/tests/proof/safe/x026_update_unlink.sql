-- why: NULL refers to nothing
-- level: basic
--@ scope creator

--! x026_update_unlink
--@ param id uuid
update content set media_item_id = null, collection_id = null where id = :id and creator_id = :creator_id and deleted_at is null
;
