-- why: the array has a value that the guard does not allow
-- kind: value
--@ scope creator

--! guard_in_literal_more
select k.id from comments k join content c on c.id = k.content_id where c.creator_id = :creator_id and c.deleted_at is null and k.deleted_at is null and c.status = any('{published,draft}')
;
