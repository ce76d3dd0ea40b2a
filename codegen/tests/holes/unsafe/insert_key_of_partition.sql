-- why: the row can go to the partition that has the foreign key
-- kind: value
--@ scope creator

--! insert_key_of_partition
--@ param media int
insert into events (id, creator_id, day, parent) values (1, :creator_id, '2021-05-05', :media)
;
