-- kind: opaque
-- So is the one value of another.
--@ scope creator

--! function_casts_its_value
select first_mood(:creator_id) as mood;
