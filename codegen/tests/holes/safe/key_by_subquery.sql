-- why: the key of the caller's row or NULL
-- level: basic
--@ scope creator

--! key_by_subquery
--@ param m int
update content set media_id = (select m.id from media m where m.id = :m and m.creator_id = :creator_id and m.deleted_at is null) where creator_id = :creator_id and deleted_at is null
;
