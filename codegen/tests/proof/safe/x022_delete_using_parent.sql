-- why: the key table of own content
-- level: basic
--@ scope creator

--! x022_delete_using_parent
--@ param tag_id int
delete from content_tags t using content c where c.id = t.content_id and c.creator_id = :creator_id and c.deleted_at is null and t.tag_id = :tag_id
;
