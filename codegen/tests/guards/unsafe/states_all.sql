-- why: different from one of them
-- kind: value
--@ scope states

--! states_all
select id from books where state <> any('{draft,open}')
;
