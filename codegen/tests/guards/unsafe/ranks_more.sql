-- why: one more
-- kind: value
--@ scope rank_array

--! ranks_more
select id from books where rank = any('{1,2,-3,4}')
;
