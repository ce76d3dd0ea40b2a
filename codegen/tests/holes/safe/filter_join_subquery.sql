-- why: the right side is a subquery
-- level: basic
--@ scope creator

--! filter_join_subquery
select c.id, sum(m.size * 2) filter (where m.deleted_at is null) as n from content c left join (select id, length(title) as size, deleted_at from media where creator_id = :creator_id) m on m.id = c.media_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
