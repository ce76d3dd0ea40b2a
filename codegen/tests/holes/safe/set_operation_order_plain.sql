-- why: ORDER BY of a set operation by the default operator class
-- level: basic
--@ scope creator

--! set_operation_order_plain
select title from content where creator_id = :creator_id and deleted_at is null
union all
select title from media where creator_id = :creator_id and deleted_at is null
order by 1 desc
;
