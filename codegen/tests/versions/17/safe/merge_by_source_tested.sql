-- why: the actions for rows without a source test the owner
-- level: hard
--@ scope creator

--! merge_by_source_tested
merge into media m using content c on m.id = c.media_id and m.creator_id = :creator_id and m.deleted_at is null and c.creator_id = :creator_id and c.deleted_at is null
when not matched by source and m.creator_id = :creator_id and m.deleted_at is null then update set title = 'gone'
;
