-- why: in another partition the owner is computed from the note
-- kind: move
--@ scope creator

--! moved_to_a_partition
update rolls set day = :day where creator_id = :creator_id;
