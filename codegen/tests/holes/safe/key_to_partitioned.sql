-- why: a foreign key to a partitioned table
-- level: basic
--@ scope creator

--! key_to_partitioned
--@ param id int
insert into event_logs (id, creator_id, event_id, day)
select :id, e.creator_id, e.id, e.day from events e where e.creator_id = :creator_id
;
