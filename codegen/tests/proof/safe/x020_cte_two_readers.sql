-- why: each reader restricts it
-- level: hard
--@ scope creator

--! x020_cte_two_readers
with c as (select id, creator_id, media_item_id, deleted_at from content)
select a.id, b.id from c a join c b on b.media_item_id = a.media_item_id
 where a.creator_id = :creator_id and a.deleted_at is null and b.creator_id = a.creator_id and b.deleted_at is null
;
