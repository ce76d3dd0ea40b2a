-- why: the same for small integers
-- level: basic
--@ scope grades

--! grades
select id from books where grade = any('{1,2,-3}')
union all
select id from books where grade = any('{-3,2}')
union all
select id from books where grade = any('{1}')
;
