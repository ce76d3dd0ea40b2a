-- kind: destroy
-- The row moves to another partition; before version 15 this deletes rows that refer to it.
--@ scope creator

--! row_moves_from_partition
update drafts set day = :day where id = :id and creator_id = :creator_id;
