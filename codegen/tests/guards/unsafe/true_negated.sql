-- why: the negation
-- kind: value
--@ scope hidden

--! true_negated
select id from pages where not hidden
;
