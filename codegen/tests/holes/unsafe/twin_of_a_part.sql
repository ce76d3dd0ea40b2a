-- kind: value
-- The keys of the partitioned table and of its partition are not compared.
--@ scope creator

--! twin_of_a_part
select f.body from events e join events_2020 f on f.id = e.id where e.creator_id = :creator_id;
