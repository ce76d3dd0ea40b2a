-- why: the negation
-- kind: value
--@ scope cheap

--! cheap_dear
select id from books where not (price <= 100)
;
