-- why: each deleted comment of one join multiplies what is counted of the other
-- kind: value
--@ scope creator

--! filter_left_join_chain
select c.id, count(k.id) filter (where k.deleted_at is null) as k, count(n.id) filter (where n.deleted_at is null) as n
from content c left join comments k on k.content_id = c.id left join comments n on n.content_id = c.id
where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
