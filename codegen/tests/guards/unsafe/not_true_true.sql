-- why: the negation
-- kind: value
--@ scope unhidden

--! not_true_true
select id from pages where hidden
;
