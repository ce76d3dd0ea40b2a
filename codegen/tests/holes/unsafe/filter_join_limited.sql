-- why: the filter is applied after LIMIT
-- kind: influence
--@ scope creator

--! filter_join_limited
select c.id, count(m.id) filter (where m.deleted_at is null) as n from content c left join lateral (select id, deleted_at from media where media.id = c.media_id and creator_id = :creator_id order by id limit 1) m on true where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
