-- why: one more
-- kind: value
--@ scope grades

--! grades_more
select id from books where grade = any('{1,2,-3,4}')
;
