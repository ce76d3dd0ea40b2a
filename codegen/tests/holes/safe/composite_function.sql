-- why: a field of the row that a function returns
-- level: basic
--@ scope creator

--! composite_function
select (newest(:creator_id)).title as title
;
