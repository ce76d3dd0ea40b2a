-- why: the rendition moves to other media
-- kind: move
--@ scope creator

--! x118_update_parent_key
--@ param id uuid
--@ param to uuid
update media_renditions r set media_item_id = :to from media_items m where m.id = r.media_item_id and m.creator_id = :creator_id and m.deleted_at is null and r.id = :id
;
