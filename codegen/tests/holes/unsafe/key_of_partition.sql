-- why: rows of 2021 refer to media, by a key that only the partition has
-- kind: value
--@ scope creator

--! key_of_partition
--@ param media int
update events set parent = :media where creator_id = :creator_id
;
