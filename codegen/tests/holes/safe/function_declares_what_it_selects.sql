-- level: extended
-- What a function selects as it declares it is not cast.
--@ scope creator

--! function_declares_what_it_selects
select m as mood from own_moods(:creator_id) m;
