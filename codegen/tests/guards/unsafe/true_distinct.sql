-- why: NULL is distinct from false
-- kind: value
--@ scope hidden

--! true_distinct
select id from pages where hidden is distinct from false
;
