-- Both columns of the primary key are equal.
--@ scope creator

--! twin_of_two_columns
select e.body, f.body as again from events e join events f on f.id = e.id and f.day = e.day where e.creator_id = :creator_id;
