-- why: the partition computes the owner from the note
-- kind: move
--@ scope creator

--! generated_in_a_partition
update rolls set note = :note where creator_id = :creator_id;
