-- why: one more
-- kind: value
--@ scope states

--! states_more_array
select id from books where state = any('{draft,open,lost}')
;
