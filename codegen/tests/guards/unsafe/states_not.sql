-- why: none of them
-- kind: value
--@ scope state_array

--! states_not
select id from books where state <> all('{draft,open}')
;
