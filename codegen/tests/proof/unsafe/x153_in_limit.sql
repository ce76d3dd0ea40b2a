-- why: the IN looks at the first rows of everyone
-- kind: influence
--@ scope creator

--! x153_in_limit
select m.title from media_items m where m.creator_id = :creator_id and m.deleted_at is null and m.id in (select c.media_item_id from content c where c.deleted_at is null order by c.id limit 3)
;
