-- level: extended
-- What refers to a row that goes to another partition stays, where it does not go with the row.
--@ scope creator

--! row_moves_between_partitions
update events set day = :day where id = :id and creator_id = :creator_id;
