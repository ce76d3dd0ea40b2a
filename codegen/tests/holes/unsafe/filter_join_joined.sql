-- why: another join uses a column of the right side
-- kind: influence
--@ scope creator

--! filter_join_joined
select c.id, count(m.id) filter (where m.deleted_at is null) as n, max(t.name) as tag from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id left join tags t on t.name = m.kind where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
