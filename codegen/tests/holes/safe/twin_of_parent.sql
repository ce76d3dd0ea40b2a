-- The way leads to a twin of the caller's row.
--@ scope creator

--! twin_of_parent
select n.body from notes n join content d on d.id = n.content_id join content c on c.id = d.id where c.creator_id = :creator_id and c.deleted_at is null;
