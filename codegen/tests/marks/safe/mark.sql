-- why: deletion sets the mark
-- level: basic
--@ scope user

--! mark
update notes set deleted = true where id = :id and user_id = :user_id and not deleted
;
