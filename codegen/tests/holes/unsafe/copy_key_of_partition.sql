-- why: the row can go to the partition that has the foreign key
-- kind: value
--@ scope creator

--! copy_key_of_partition
--@ copy events(id, day, parent)
