-- why: the largest id need not be that of an own row when none is
-- kind: value
--@ scope creator

--! key_by_aggregate
update content set media_id = (select max(m.id) + 1 from media m where m.creator_id = :creator_id and m.deleted_at is null) where creator_id = :creator_id and deleted_at is null
;
