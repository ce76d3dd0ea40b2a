-- why: NULL is distinct from true
-- kind: value
--@ scope shown

--! false_distinct
select id from pages where hidden is distinct from true
;
