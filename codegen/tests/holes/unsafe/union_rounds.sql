-- why: UNION casts the id to double precision, in which neighbouring ids are equal
-- kind: value
--@ scope organization

--! union_rounds
select a.i
from (select c.organization_id as o, c.deleted_at as d, c.id as i from content c
      union all
      select r.v, now(), 0 from readings r where r.organization_id = :organization_id) a
join (select :organization_id as o
      intersect
      select v from readings where organization_id = :organization_id) b on a.o = b.o
where a.d is null
;
