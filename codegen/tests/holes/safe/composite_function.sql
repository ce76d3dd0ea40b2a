-- why: a field of the composite value of a function
-- level: basic
--@ scope creator

--! composite_function
select (newest(:creator_id)).title as title
;
