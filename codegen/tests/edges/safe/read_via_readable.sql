-- why: tags of content that may be read
-- level: basic
--@ scope user

--! read_via_readable
SELECT t.tag FROM content_tags t JOIN content c ON t.content_id = c.id
 WHERE c.status = 'published' AND c.deleted_at IS NULL AND :user_id <> ''
;
