-- why: NULL is taken for true, and so is true
-- kind: value
--@ scope unhidden

--! not_true_coalesced
select id from pages where coalesce(hidden, true)
;
