-- kind: opaque
-- The function casts its single value to its declared type, by a cast that reads rows.
--@ scope creator

--! function_casts_its_value
select first_mood(:creator_id) as mood;
