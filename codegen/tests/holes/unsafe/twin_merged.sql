-- kind: write
-- The target of MERGE is a newer version too.
--@ scope creator

--! twin_merged
merge into content d using (select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null) c on c.id = d.id when matched then update set title = 'x';
