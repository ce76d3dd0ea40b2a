-- why: an aggregate computes the key, so it need not be that of a row
-- kind: value
--@ scope creator

--! key_by_aggregate
update content set media_id = (select max(m.id) + 1 from media m where m.creator_id = :creator_id and m.deleted_at is null) where creator_id = :creator_id and deleted_at is null
;
