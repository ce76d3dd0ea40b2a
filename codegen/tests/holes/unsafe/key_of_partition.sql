-- why: only a partition has the foreign key, which refers to any media
-- kind: value
--@ scope creator

--! key_of_partition
--@ param media int
update events set parent = :media where creator_id = :creator_id
;
