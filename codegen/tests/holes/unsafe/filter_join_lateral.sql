-- why: a LATERAL subquery uses a column of the right side
-- kind: influence
--@ scope creator

--! filter_join_lateral
select c.id, count(m.id) filter (where m.deleted_at is null) as n, max(t.n) as tags from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id cross join lateral (select count(*) as n from tags where tags.name = m.kind) t where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
