-- kind: value
-- >= accepts keys above that of the caller's row.
--@ scope creator

--! row_of_one_above
select n.body from notes n where n.content_id >= (select c.id from content c where c.id = :id and c.creator_id = :creator_id and c.deleted_at is null);
