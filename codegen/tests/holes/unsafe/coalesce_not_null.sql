-- why: only one of the arguments is known to be not NULL
-- kind: value
--@ scope creator

--! coalesce_not_null
select c.id from content c join media m on m.id = c.media_id where c.creator_id = :creator_id and m.creator_id = :creator_id and c.deleted_at is null and not coalesce(c.published_at, m.deleted_at) is null
;
