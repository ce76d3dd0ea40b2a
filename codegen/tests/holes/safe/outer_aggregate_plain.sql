-- why: an aggregate of the outer query inside of a subquery, over a column only
-- level: basic
--@ scope creator

--! outer_aggregate_plain
select m.title, (select max(m.kind)) as kind
from media m
where m.creator_id = :creator_id and m.deleted_at is null
group by m.title
;
