-- why: GREATEST is NULL only if all arguments are
-- level: basic
--@ scope creator

--! greatest_null
select c.id from content c join media m on m.id = c.media_id where c.creator_id = :creator_id and m.creator_id = :creator_id and not greatest(c.deleted_at, m.deleted_at) is not null
;
