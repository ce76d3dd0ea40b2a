-- why: content that may be read brings its tags into scope for reading only
-- kind: write
--@ scope user

--! delete_via_readable
DELETE FROM content_tags t USING content c
 WHERE t.content_id = c.id AND c.status = 'published' AND c.deleted_at IS NULL AND :user_id <> ''
;
