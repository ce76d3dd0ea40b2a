-- kind: lock
-- FOR UPDATE locks the newest version of the row, which can differ from the one that was read.
--@ scope creator

--! twin_locked
select d.title from content d join content c on c.id = d.id where c.creator_id = :creator_id and c.deleted_at is null for update of d;
