-- why: the same for ids
-- level: basic
--@ scope owners

--! owners
select id from books where owner in ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002')
union all
select id from books where owner = any('{00000000-0000-0000-0000-000000000002,00000000-0000-0000-0000-000000000001}')
union all
select id from books where owner = '00000000-0000-0000-0000-000000000001'
union all
select id from books where owner = any('{00000000-0000-0000-0000-000000000001}')
;
