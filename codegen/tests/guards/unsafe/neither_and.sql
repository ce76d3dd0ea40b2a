-- why: one of both may be true
-- kind: value
--@ scope neither

--! neither_and
select id from pages where not (a and b)
;
