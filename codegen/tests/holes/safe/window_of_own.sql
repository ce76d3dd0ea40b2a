-- why: WHERE restricts the input of the window function
-- level: basic
--@ scope creator

--! window_of_own
select case when m.title = 'x' then max((
         select x.title from content x where x.creator_id = m.creator_id and x.deleted_at is null limit 1)) over () end as found
from media m
where m.creator_id = :creator_id and m.deleted_at is null
;
