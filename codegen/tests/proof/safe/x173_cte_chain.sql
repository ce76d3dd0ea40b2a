-- why: CTEs upon CTEs
-- level: basic
--@ scope creator

--! x173_cte_chain
with a as (select * from content where creator_id = :creator_id and deleted_at is null), b as (select id, title, media_item_id from a where status = 'draft')
select b.title, m.title as media from b join media_items m on m.id = b.media_item_id and m.creator_id = :creator_id and m.deleted_at is null
;
