-- why: what is counted once is not multiplied
-- level: hard
--@ scope creator

--! filter_left_join_chain_distinct
select c.id, count(distinct k.id) filter (where k.deleted_at is null) as k, count(distinct n.id) filter (where n.deleted_at is null) as n
from content c left join comments k on k.content_id = c.id left join comments n on n.content_id = c.id
where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
