-- why: IS NOT DISTINCT FROM NULL is a null test
-- level: basic
--@ scope creator

--! coalesce_not_distinct
select c.id from content c join media m on m.id = c.media_id where c.creator_id = :creator_id and m.creator_id = :creator_id and coalesce(c.deleted_at, coalesce(m.deleted_at, null)) is not distinct from null
;
