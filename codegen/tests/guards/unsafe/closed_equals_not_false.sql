-- why: two negations
-- kind: value
--@ scope open

--! closed_equals_not_false
select id from books where (closed = false) = false
;
