-- level: extended
-- The foreign key to the table does not delete rows when the row moves to another partition.
--@ scope creator

--! row_moves_between_partitions
update events set day = :day where id = :id and creator_id = :creator_id;
