-- why: ORDER BY USING of the set operation calls a function that reads rows
-- kind: opaque
--@ scope creator

--! set_operation_order
select title from content where creator_id = :creator_id and deleted_at is null
union all
select title from media where creator_id = :creator_id and deleted_at is null
order by 1 using operator(app.<<<)
;
