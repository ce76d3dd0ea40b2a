-- why: what is computed of it is NULL for other reasons too
-- kind: value
--@ scope creator

--! coalesce_of_computed
select c.id from content c where c.creator_id = :creator_id and coalesce(c.deleted_at - c.published_at, null) is null
;
