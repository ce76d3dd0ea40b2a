-- why: the aggregate belongs to the outer query, whose groups the inner WHERE does not restrict
-- kind: value
--@ scope creator

--! outer_aggregate
select m.title, (
         select max((select x.title from content x where x.creator_id = m.title and x.deleted_at is null))
         from tags t where m.title = :creator_id) as found
from media m
where m.creator_id = :creator_id and m.deleted_at is null
group by m.title
;
