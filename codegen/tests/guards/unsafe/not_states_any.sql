-- why: each text differs from one of two
-- kind: value
--@ scope not_states

--! not_states_any
select id from books where state <> any('{lost,burnt}')
;
