-- why: the media is the caller's
-- level: basic
--@ scope creator

--! key_of_partition_verified
--@ param media int
update events set parent = m.id from media m
where events.creator_id = :creator_id and m.id = :media and m.creator_id = :creator_id and m.deleted_at is null
;
