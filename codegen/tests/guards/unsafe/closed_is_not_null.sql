-- why: always true
-- kind: value
--@ scope open

--! closed_is_not_null
select id from books where closed is not null
;
