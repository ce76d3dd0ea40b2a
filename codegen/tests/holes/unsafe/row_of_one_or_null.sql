-- kind: value
-- IS NOT FALSE is also true if the subquery finds nothing.
--@ scope creator

--! row_of_one_or_null
select n.body from notes n where (n.content_id = (select c.id from content c where c.id = :id and c.creator_id = :creator_id and c.deleted_at is null)) is not false;
