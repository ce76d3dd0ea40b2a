-- why: a live row is marked
-- level: basic
--@ scope creator

--! x045_update_set_deleted_param
--@ param id uuid
update media_items set deleted_at = coalesce(deleted_at, now()) where id = :id and creator_id = :creator_id and deleted_at is null
;
