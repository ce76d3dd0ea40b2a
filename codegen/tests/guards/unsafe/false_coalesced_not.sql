-- why: NULL is taken for true
-- kind: value
--@ scope shown

--! false_coalesced_not
select id from pages where coalesce(not hidden, true)
;
