-- why: an even number of negations
-- kind: value
--@ scope open

--! closed_twice_negated
select id from books where not (not closed)
;
