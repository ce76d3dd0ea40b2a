-- why: the other one
-- kind: value
--@ scope not_states

--! not_states_one
select id from books where state <> all('{lost}')
;
