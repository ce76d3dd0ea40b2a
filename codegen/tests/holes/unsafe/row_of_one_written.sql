-- kind: write
-- The row can have changed between the reading by the subquery and the UPDATE.
--@ scope creator

--! row_of_one_written
update content d set title = 'x' where d.id = (select c.id from content c where c.id = :id and c.creator_id = :creator_id and c.deleted_at is null);
