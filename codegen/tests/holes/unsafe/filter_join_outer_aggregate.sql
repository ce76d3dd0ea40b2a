-- why: an aggregate in the subquery belongs to this level and sums over all rows of the join
-- kind: influence
--@ scope creator

--! filter_join_outer_aggregate
select c.creator_id, count(m.id) filter (where m.deleted_at is null) as n, (select sum(c.price) from tags where tags.id = 1) as total from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.creator_id
;
