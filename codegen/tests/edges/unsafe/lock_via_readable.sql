-- why: content that may be read brings its tags into scope for reading only
-- kind: write
--@ scope user

--! lock_via_readable
SELECT t.tag FROM content_tags t JOIN content c ON t.content_id = c.id
 WHERE c.status = 'published' AND c.deleted_at IS NULL AND :user_id <> '' FOR UPDATE OF t
;
