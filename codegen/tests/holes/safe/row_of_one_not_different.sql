-- The same by NOT of <>.
--@ scope creator

--! row_of_one_not_different
select n.body from notes n where not ((select c.id from content c where c.id = :id and c.creator_id = :creator_id and c.deleted_at is null) <> n.content_id);
