-- why: the same for varchar
-- level: basic
--@ scope labels

--! labels
select id from books where label in ('x', 'y')
union all
select id from books where label = any('{x,y}')
union all
select id from books where label = 'x'
union all
select id from books where label = 'x'::text
union all
select id from books where label::text in ('y', 'x')
union all
select id from books where label = any('{y}'::text[])
;
