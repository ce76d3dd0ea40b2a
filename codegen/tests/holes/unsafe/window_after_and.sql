-- why: the first condition of AND does not restrict the input of the window function
-- kind: value
--@ scope creator

--! window_after_and
select case when m.title = :creator_id and max((
         select x.title from content x where x.creator_id = m.title and x.deleted_at is null limit 1)) over () = 'z' then 1 end as found
from media m
where m.creator_id = :creator_id and m.deleted_at is null
;
