-- kind: write
-- The same by a subquery.
--@ scope creator

--! twin_written_by_exists
update content d set title = 'x' where d.id in (select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null);
