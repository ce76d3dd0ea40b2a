-- why: double negation, with NULL in between
-- kind: value
--@ scope shown

--! false_not_not_false
select id from pages where (not hidden) is not false
;
