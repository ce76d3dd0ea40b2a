-- why: which row the scalar subquery picks depends on everyone
-- kind: influence
--@ scope creator

--! x154_scalar_equality
select m.title from media_items m where m.creator_id = :creator_id and m.deleted_at is null and m.creator_id = (select c.creator_id from content c where c.deleted_at is null order by c.id limit 1)
;
