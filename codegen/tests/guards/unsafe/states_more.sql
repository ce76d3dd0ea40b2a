-- why: one more
-- kind: value
--@ scope states

--! states_more
select id from books where state in ('draft', 'open', 'lost')
;
