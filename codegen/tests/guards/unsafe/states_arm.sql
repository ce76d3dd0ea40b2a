-- why: another arm
-- kind: value
--@ scope state_array

--! states_arm
select id from books where state = any('{draft}') or state = 'lost'
;
