-- why: the same for dates
-- level: basic
--@ scope days

--! days
select id from books where day = any('{2020-01-01,2020-01-02}')
union all
select id from books where day in ('2020-01-01', '2020-01-02')
union all
select id from books where day = '2020-01-01'
;
