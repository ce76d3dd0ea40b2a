-- why: a column equals itself where it is true
-- kind: value
--@ scope shown

--! false_itself
select id from pages where hidden = hidden
;
