-- why: NULL is not true, and not false either
-- kind: value
--@ scope shown

--! false_is_not_true
select id from pages where hidden is not true
;
