-- why: IS TRUE is false for NULL
-- kind: value
--@ scope shown

--! false_not_is_true
select id from pages where not (hidden is true)
;
