-- why: the sum over the left side grows with each match
-- kind: influence
--@ scope creator

--! filter_join_sum
select c.creator_id, count(m.id) filter (where m.deleted_at is null) as n, sum(c.price) as total from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.creator_id
;
