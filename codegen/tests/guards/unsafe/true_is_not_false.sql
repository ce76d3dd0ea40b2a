-- why: NULL is not false
-- kind: value
--@ scope hidden

--! true_is_not_false
select id from pages where hidden is not false
;
