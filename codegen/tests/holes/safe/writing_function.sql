-- why: the function writes only content of the creator
-- level: basic
--@ scope creator

--! writing_function
select rename_all(:creator_id) as renamed
;
