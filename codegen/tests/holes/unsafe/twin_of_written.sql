-- kind: value
-- The version that is read can be older than the one that is written.
--@ scope creator

--! twin_of_written
update content c set title = d.title from content d where d.id = c.id and c.creator_id = :creator_id and c.deleted_at is null;
