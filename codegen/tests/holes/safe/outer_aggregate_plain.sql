-- why: an aggregate of the outer rows inside a subquery, of nothing but a column
-- level: basic
--@ scope creator

--! outer_aggregate_plain
select m.title, (select max(m.kind)) as kind
from media m
where m.creator_id = :creator_id and m.deleted_at is null
group by m.title
;
