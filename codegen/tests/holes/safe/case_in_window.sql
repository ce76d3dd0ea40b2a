-- why: the CASE is inside of the window function, so it holds for the rows that are read
-- level: basic
--@ scope creator

--! case_in_window
select max(case when m.title = :creator_id then (
         select x.title from content x where x.creator_id = m.title and x.deleted_at is null limit 1) end) over () as found
from media m
where m.creator_id = :creator_id and m.deleted_at is null
;
