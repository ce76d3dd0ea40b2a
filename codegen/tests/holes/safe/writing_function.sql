-- why: the function writes the content of the creator alone
-- level: basic
--@ scope creator

--! writing_function
select rename_all(:creator_id) as renamed
;
