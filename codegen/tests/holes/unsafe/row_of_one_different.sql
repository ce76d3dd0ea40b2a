-- kind: value
-- <> accepts keys of all other rows.
--@ scope creator

--! row_of_one_different
select n.body from notes n where n.content_id <> (select c.id from content c where c.id = :id and c.creator_id = :creator_id and c.deleted_at is null);
