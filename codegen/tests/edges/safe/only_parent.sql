-- why: ONLY excludes tables that inherit
-- level: basic
--@ scope user

--! only_parent
SELECT body FROM ONLY notes WHERE user_id = :user_id
;
