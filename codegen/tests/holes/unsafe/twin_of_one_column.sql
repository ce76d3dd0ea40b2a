-- kind: value
-- Only one of the two columns of the primary key is equal.
--@ scope creator

--! twin_of_one_column
select f.body from events e join events f on f.id = e.id where e.creator_id = :creator_id;
