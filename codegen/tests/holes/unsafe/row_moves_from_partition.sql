-- kind: destroy
-- The row goes to another partition, which before version 15 removes what refers to it.
--@ scope creator

--! row_moves_from_partition
update drafts set day = :day where id = :id and creator_id = :creator_id;
