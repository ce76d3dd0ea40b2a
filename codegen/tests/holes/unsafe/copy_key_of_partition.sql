-- why: the row may go to the partition with the key
-- kind: value
--@ scope creator

--! copy_key_of_partition
--@ copy events(id, day, parent)
