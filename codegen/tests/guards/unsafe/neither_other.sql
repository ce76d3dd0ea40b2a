-- why: another column
-- kind: value
--@ scope neither

--! neither_other
select id from pages where not a and not hidden
;
