-- why: the other order
-- kind: value
--@ scope cheap

--! cheap_less
select id from books where price >= 100
;
