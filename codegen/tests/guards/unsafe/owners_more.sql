-- why: one more
-- kind: value
--@ scope owners

--! owners_more
select id from books where owner = any('{00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000002,00000000-0000-0000-0000-000000000003}')
;
