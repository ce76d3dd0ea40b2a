-- why: an arm admits NULL
-- kind: value
--@ scope shown

--! false_or_null
select id from pages where not hidden or hidden is null
;
