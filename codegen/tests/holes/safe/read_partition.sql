-- why: the partition has the owner column too
-- level: basic
--@ scope creator

--! read_partition
select body from events_2020 where creator_id = :creator_id
;
