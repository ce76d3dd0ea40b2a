-- why: an order, negated
-- level: basic
--@ scope cheap

--! cheap
select id from books where not (price > 100)
union all
select id from books where price <= 100
union all
select id from books where (price > 100) = false
union all
select id from books where (price <= 100) is true
;
