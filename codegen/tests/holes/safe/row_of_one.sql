-- Equal to a scalar subquery, so equal to the value of its row.
--@ scope creator

--! row_of_one
select n.body from notes n where n.content_id = (select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null order by c.id limit 1);
