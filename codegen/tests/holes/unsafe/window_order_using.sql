-- why: the ORDER BY of the window calls a function that reads rows
-- kind: opaque
--@ scope creator

--! window_order_using
select title, rank() over (order by title using operator(app.<<<)) as place
from content where creator_id = :creator_id and deleted_at is null
;
