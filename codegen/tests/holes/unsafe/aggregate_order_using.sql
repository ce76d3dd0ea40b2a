-- why: the order inside the aggregate is by a function that reads
-- kind: opaque
--@ scope creator

--! aggregate_order_using
select string_agg(title, ',' order by title using operator(app.<<<)) as titles
from content where creator_id = :creator_id and deleted_at is null
;
