-- why: true is not false
-- kind: value
--@ scope unhidden

--! not_true_is_not_false
select id from pages where hidden is not false
;
