-- why: the ORDER BY in the aggregate calls a function that reads rows
-- kind: opaque
--@ scope creator

--! aggregate_order_using
select string_agg(title, ',' order by title using operator(app.<<<)) as titles
from content where creator_id = :creator_id and deleted_at is null
;
