-- why: another arm
-- kind: value
--@ scope open

--! closed_or
select id from books where not closed or id = 1
;
