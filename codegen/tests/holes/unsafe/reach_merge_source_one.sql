-- why: one of the actions does not test the source
-- kind: influence
--@ scope creator

--! reach_merge_source_one
merge into media m using content c on m.id = c.media_id and m.creator_id = :creator_id and m.deleted_at is null when matched and c.creator_id = :creator_id and c.deleted_at is null and c.price = 0 then update set title = c.title when matched then update set kind = 'x'
;
