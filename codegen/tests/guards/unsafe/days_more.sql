-- why: one more
-- kind: value
--@ scope days

--! days_more
select id from books where day = any('{2020-01-01,2020-01-02,2020-01-03}')
;
