-- why: the rows are also rows of events, which are never removed
-- kind: destroy
--@ scope user

--! delete_old_events
delete from old_events where user_id = :user_id
;
