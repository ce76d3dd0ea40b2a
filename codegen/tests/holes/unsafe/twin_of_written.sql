-- kind: value
-- What is read may be an older version of the row than what is written.
--@ scope creator

--! twin_of_written
update content c set title = d.title from content d where d.id = c.id and c.creator_id = :creator_id and c.deleted_at is null;
