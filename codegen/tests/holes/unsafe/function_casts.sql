-- kind: opaque
-- The function casts its result to its declared type, by a cast that reads rows.
--@ scope creator

--! function_casts
select m.id, m.mood from moods(:creator_id) m;
