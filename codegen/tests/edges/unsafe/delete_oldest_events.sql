-- why: the rows are also rows of events, which are never removed
-- kind: destroy
--@ scope user

--! delete_oldest_events
delete from oldest_events where user_id = :user_id
;
