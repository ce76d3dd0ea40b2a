-- why: another text
-- kind: value
--@ scope states

--! states_upper
select id from books where state = 'Draft'
;
