-- The same row in EXISTS is the caller's.
--@ scope creator

--! twin_exists
select d.title from content d where exists (select from content c where c.id = d.id and c.creator_id = :creator_id and c.deleted_at is null);
