-- why: nothing is said of the mark
-- kind: value
--@ scope user

--! unmarked
select body from notes where user_id = :user_id
;
