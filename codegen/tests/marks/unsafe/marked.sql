-- why: the deleted ones
-- kind: value
--@ scope user

--! marked
select body from notes where user_id = :user_id and deleted
;
