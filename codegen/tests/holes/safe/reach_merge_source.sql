-- why: every action tests the source
-- level: basic
--@ scope creator

--! reach_merge_source
merge into media m using content c on m.id = c.media_id and m.creator_id = :creator_id and m.deleted_at is null when matched and c.creator_id = :creator_id and c.deleted_at is null and c.price = 0 then update set title = c.title when matched and c.creator_id = :creator_id and c.deleted_at is null then update set kind = c.slug
;
