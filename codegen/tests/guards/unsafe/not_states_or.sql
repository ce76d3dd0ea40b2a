-- why: each text differs from one of two
-- kind: value
--@ scope not_states

--! not_states_or
select id from books where state <> 'lost' or state <> 'burnt'
;
