-- why: ORDER BY USING calls a function that reads rows
-- kind: opaque
--@ scope creator

--! order_using
select title from content where creator_id = :creator_id and deleted_at is null order by title using operator(app.>>>)
;
