-- why: true or false
-- kind: value
--@ scope unhidden

--! not_true_known
select id from pages where hidden is not unknown
;
