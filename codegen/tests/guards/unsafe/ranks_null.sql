-- why: a NULL element leaves the others
-- kind: value
--@ scope ranks

--! ranks_null
select id from books where rank = any('{NULL,4}')
;
