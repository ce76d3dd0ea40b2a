-- why: one of them
-- kind: value
--@ scope not_states

--! not_states_burnt
select id from books where state in ('open', 'burnt')
;
