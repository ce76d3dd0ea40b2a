-- why: `x = any (array[p])`
-- level: basic
--@ scope creator

--! reach_any_array
select title from content where creator_id = any (array[:creator_id]) and deleted_at is null
;
