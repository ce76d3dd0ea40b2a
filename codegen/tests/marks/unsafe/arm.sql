-- why: another arm
-- kind: value
--@ scope user

--! arm
select body from notes where user_id = :user_id and (not deleted or id = 2)
;
