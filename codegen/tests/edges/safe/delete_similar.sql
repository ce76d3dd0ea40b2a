-- why: a table with the same columns that does not inherit
-- level: basic
--@ scope user

--! delete_similar
delete from drafts_of_events where user_id = :user_id
;
