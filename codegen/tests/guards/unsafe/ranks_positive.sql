-- why: another number
-- kind: value
--@ scope ranks

--! ranks_positive
select id from books where rank = any('{3}')
;
