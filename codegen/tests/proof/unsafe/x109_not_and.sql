-- why: under NOT the other conjunct does not guard
-- kind: influence
--@ scope creator

--! x109_not_and
select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null
   and not (c.updated_by = :creator_id and exists (select 1 from media_items m where m.creator_id = c.updated_by and m.deleted_at is null))
;
