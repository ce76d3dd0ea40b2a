-- why: the row may go to the partition with the key
-- kind: value
--@ scope creator

--! insert_key_of_partition
--@ param media int
insert into events (id, creator_id, day, parent) values (1, :creator_id, '2021-05-05', :media)
;
