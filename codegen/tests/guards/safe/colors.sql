-- why: the same for an enum
-- level: basic
--@ scope colors

--! colors
select id from books where color = any('{red,green}')
union all
select id from books where color in ('red', 'green')
union all
select id from books where color = 'red'
union all
select id from books where color = any(array['green', 'red']::color[])
;
