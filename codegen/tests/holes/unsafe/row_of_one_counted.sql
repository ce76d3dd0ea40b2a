-- kind: value
-- An aggregate gives a row even if it finds none.
--@ scope creator

--! row_of_one_counted
select n.body from notes n where n.content_id = (select coalesce(max(c.id), :id) from content c where c.creator_id = :creator_id and c.deleted_at is null);
