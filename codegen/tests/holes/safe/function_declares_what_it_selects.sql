-- level: extended
-- The function declares the type that it selects, so there is no cast.
--@ scope creator

--! function_declares_what_it_selects
select m as mood from own_moods(:creator_id) m;
