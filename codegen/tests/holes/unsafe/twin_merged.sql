-- kind: write
-- MERGE writes the newest version of the row, which can differ from the one that was read.
--@ scope creator

--! twin_merged
merge into content d using (select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null) c on c.id = d.id when matched then update set title = 'x';
