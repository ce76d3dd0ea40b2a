-- why: NULL is not false
-- kind: value
--@ scope shown

--! false_is_null
select id from pages where hidden is null
;
