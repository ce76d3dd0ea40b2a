-- why: the negation
-- kind: value
--@ scope hidden

--! true_equals_false
select id from pages where hidden = false
;
