-- why: NULLIF is also NULL if both are equal
-- kind: value
--@ scope creator

--! nullif_null
select c.id from content c join media m on m.id = c.media_id where c.creator_id = :creator_id and m.creator_id = :creator_id and nullif(c.deleted_at, m.deleted_at) is null
;
