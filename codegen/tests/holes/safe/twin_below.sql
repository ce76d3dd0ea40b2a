-- The same row in a subquery.
--@ scope creator

--! twin_below
select c.id, (select d.title from content d where d.id = c.id) as title from content c where c.creator_id = :creator_id and c.deleted_at is null;
