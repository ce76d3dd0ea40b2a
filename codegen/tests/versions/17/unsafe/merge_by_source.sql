-- why: ON does not restrict the rows without a source
-- kind: write
--@ scope creator

--! merge_by_source
merge into media m using content c on m.id = c.media_id and m.creator_id = :creator_id and m.deleted_at is null and c.creator_id = :creator_id and c.deleted_at is null
when not matched by source then update set title = 'gone'
;
