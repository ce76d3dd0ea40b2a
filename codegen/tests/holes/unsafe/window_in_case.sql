-- why: CASE does not restrict the input of the window function
-- kind: value
--@ scope creator

--! window_in_case
select case when m.title = :creator_id then max((
         select x.title from content x where x.creator_id = m.title and x.deleted_at is null limit 1)) over () end as found
from media m
where m.creator_id = :creator_id and m.deleted_at is null
;
