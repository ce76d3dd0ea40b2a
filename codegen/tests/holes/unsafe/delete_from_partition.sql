-- why: never_delete of the partitioned table also covers its partitions
-- kind: destroy
--@ scope creator

--! delete_from_partition
--@ param id int
delete from events_2020 where creator_id = :creator_id and id = :id
;
