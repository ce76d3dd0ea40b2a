-- why: a recursive CTE, by induction, with SEARCH and CYCLE
-- level: basic
--@ scope creator

--! reach_recursion
with recursive walk (id, title, creator_id) as (select id, title, creator_id from media where creator_id = :creator_id and deleted_at is null union all select m.id, m.title, m.creator_id from media m join walk w on m.kind = w.title where m.creator_id = w.creator_id and m.deleted_at is null) search depth first by id set place cycle id set again using path select title from walk order by place
;
