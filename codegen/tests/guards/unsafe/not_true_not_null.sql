-- why: true is not NULL
-- kind: value
--@ scope unhidden

--! not_true_not_null
select id from pages where hidden is not null
;
