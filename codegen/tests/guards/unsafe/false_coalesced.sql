-- why: NULL is taken for false
-- kind: value
--@ scope shown

--! false_coalesced
select id from pages where not coalesce(hidden, false)
;
