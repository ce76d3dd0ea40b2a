-- why: if the subquery finds nothing, the key is any parameter
-- kind: value
--@ scope creator

--! key_by_coalesce_param
--@ param m int
update content set media_id = coalesce((select m.id from media m where m.id = :m and m.creator_id = :creator_id and m.deleted_at is null), :m) where creator_id = :creator_id and deleted_at is null
;
