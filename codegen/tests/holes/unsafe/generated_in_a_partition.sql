-- why: the partition computes the owner from the path
-- kind: move
--@ scope creator

--! generated_in_a_partition
update papers set path = :path where creator_id = :creator_id;
