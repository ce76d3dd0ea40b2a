-- Equal to the primary key in a scalar subquery, so the same row.
--@ scope creator

--! row_of_one_by_its_key
select d.title from content d where d.id = (select c.id from content c where c.id = :id and c.creator_id = :creator_id and c.deleted_at is null);
