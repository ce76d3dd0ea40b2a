-- kind: value
-- The foreign key leads to another row.
--@ scope creator

--! twin_of_reference
select d.title from notes n join content c on c.id = n.content_id join content d on d.id = n.id where c.creator_id = :creator_id and c.deleted_at is null;
