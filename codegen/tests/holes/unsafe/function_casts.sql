-- kind: opaque
-- What a function selects is cast to what it declares.
--@ scope creator

--! function_casts
select m.id, m.mood from moods(:creator_id) m;
