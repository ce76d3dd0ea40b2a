-- why: the key of the caller's row or the old value
-- level: basic
--@ scope creator

--! key_by_coalesce
--@ param m int
update content set media_id = coalesce((select m.id from media m where m.id = :m and m.creator_id = :creator_id and m.deleted_at is null), media_id) where creator_id = :creator_id and deleted_at is null
;
