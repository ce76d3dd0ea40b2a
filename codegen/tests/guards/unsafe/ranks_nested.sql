-- why: two dimensions
-- kind: value
--@ scope rank_array

--! ranks_nested
select id from books where rank = any('{{1,2},{4,5}}')
;
