-- why: the filter leaves deleted notes out
-- level: basic
--@ scope user

--! filtered
select count(*) filter (where not deleted) as n from notes where user_id = :user_id
;
