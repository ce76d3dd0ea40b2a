-- why: the sum over the left side grows with each match, although it has a filter
-- kind: influence
--@ scope creator

--! filter_join_sum_filtered
select c.creator_id, count(k.id) filter (where k.deleted_at is null) as n, sum(c.price) filter (where c.price > 1) as total from content c left join comments k on k.content_id = c.id where c.creator_id = :creator_id and c.deleted_at is null and c.status = 'published' group by c.creator_id
;
