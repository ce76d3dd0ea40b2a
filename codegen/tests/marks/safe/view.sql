-- why: the view has the condition
-- level: basic
--@ scope user

--! view
select body from live where user_id = :user_id
;
