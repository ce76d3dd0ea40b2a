-- kind: value
-- The row of the subquery can be anyone's.
--@ scope creator

--! row_of_one_of_any
select n.body, :creator_id as me from notes n where n.content_id = (select c.id from content c where c.id = :id and c.deleted_at is null);
