-- why: UNION casts one arm to a wider integer, which keeps the value
-- level: basic
--@ scope organization

--! union_widens
select a.o
from (select c.organization_id as o, c.deleted_at as d from content c
      union all
      select 1::int, now()) a
where a.o = :organization_id and a.d is null
;
