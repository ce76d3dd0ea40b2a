-- why: any array
-- kind: value
--@ scope states

--! states_param
--@ param states text[]
select id from books where state = any(:states)
;
