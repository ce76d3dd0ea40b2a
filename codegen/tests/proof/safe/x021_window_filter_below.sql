-- why: windows over scoped rows in a subquery
-- level: basic
--@ scope creator

--! x021_window_filter_below
select * from (select id, row_number() over (partition by status order by id) as n from content where creator_id = :creator_id and deleted_at is null) x where n = 1
;
