-- why: NULL or true is true, but NULL or false is NULL
-- kind: value
--@ scope neither

--! neither_null
select id from pages where (a or b) is not true
;
