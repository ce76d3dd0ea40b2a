-- kind: value
-- The row of the subquery is the caller's, but its value is a parameter.
--@ scope creator

--! row_of_one_of_param
select n.body from notes n where n.content_id = (select :id::int from content c where c.creator_id = :creator_id and c.deleted_at is null limit 1);
