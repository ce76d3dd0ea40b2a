-- why: a NULL element is equal to nothing
-- level: basic
--@ scope creator

--! guard_in_literal_null
select k.id from comments k join content c on c.id = k.content_id where c.creator_id = :creator_id and c.deleted_at is null and k.deleted_at is null and c.status = any('{NULL,published,NULL}'::text[])
;
