-- why: the events of a partition are history as well
-- kind: destroy
--@ scope creator

--! delete_from_partition
--@ param id int
delete from events_2020 where creator_id = :creator_id and id = :id
;
