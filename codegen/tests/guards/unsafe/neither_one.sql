-- why: the other may be true
-- kind: value
--@ scope neither

--! neither_one
select id from pages where not a
;
