-- kind: write
-- The version that is written can be newer than the one that was read: given away or deleted meanwhile.
--@ scope creator

--! twin_written
update content d set title = 'x' from content c where c.id = d.id and c.creator_id = :creator_id and c.deleted_at is null;
