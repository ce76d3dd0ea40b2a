-- kind: value
-- One of two columns of the key.
--@ scope creator

--! twin_of_one_column
select f.body from events e join events f on f.id = e.id where e.creator_id = :creator_id;
