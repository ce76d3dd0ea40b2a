-- why: the negation
-- kind: value
--@ scope open

--! closed_true
select id from books where closed
;
