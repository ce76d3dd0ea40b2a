-- why: all partitions compute the owner from the path
-- level: basic
--@ scope creator

--! generated_alike_in_a_partition
update scrolls set note = :note, day = :day where creator_id = :creator_id;
