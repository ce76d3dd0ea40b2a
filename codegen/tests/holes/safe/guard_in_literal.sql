-- why: an array literal with the only value of the guard
-- level: basic
--@ scope creator

--! guard_in_literal
select k.id from comments k join content c on c.id = k.content_id where c.creator_id = :creator_id and c.deleted_at is null and k.deleted_at is null and c.status = any('{published}')
;
