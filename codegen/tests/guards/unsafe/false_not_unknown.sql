-- why: true is not NULL
-- kind: value
--@ scope shown

--! false_not_unknown
select id from pages where hidden is not null
;
