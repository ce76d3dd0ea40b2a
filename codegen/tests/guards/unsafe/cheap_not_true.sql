-- why: NULL is neither
-- kind: value
--@ scope cheap

--! cheap_not_true
select id from books where (price > 100) is not true
;
