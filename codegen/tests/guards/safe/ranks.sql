-- why: the same for integers
-- level: basic
--@ scope ranks

--! ranks
select id from books where rank in (1, 2, -3)
union all
select id from books where rank = any('{1,2,-3}')
union all
select id from books where rank = 1
union all
select id from books where rank = 2 or rank = -3
union all
select id from books where rank = any('{2}')
union all
select id from books where rank = any(array[1, 2])
union all
select id from books where rank = any('{1,NULL,2}')
union all
select id from books where not (rank <> 2)
union all
select id from books where rank = 1 and rank = any('{1,7}')
;
