-- why: both values
-- kind: value
--@ scope open

--! closed_either
select id from books where closed in (true, false)
;
