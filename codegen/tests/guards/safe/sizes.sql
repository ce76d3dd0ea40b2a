-- why: the same for large integers
-- level: basic
--@ scope sizes

--! sizes
select id from books where size = any('{1,-5000000000}')
union all
select id from books where size = -5000000000
union all
select id from books where size = any('{1}')
;
