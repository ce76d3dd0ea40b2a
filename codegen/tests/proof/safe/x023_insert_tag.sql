-- why: the content is own, the tag is shared
-- level: basic
--@ scope creator

--! x023_insert_tag
--@ param content_id uuid
--@ param tag_id int
insert into content_tags (content_id, tag_id) select c.id, :tag_id from content c where c.id = :content_id and c.creator_id = :creator_id and c.deleted_at is null on conflict do nothing
;
