-- why: tags of the caller's own content
-- level: basic
--@ scope user

--! delete_via_owned
DELETE FROM content_tags t USING content c
 WHERE t.content_id = c.id AND c.user_id = :user_id AND c.deleted_at IS NULL
;
