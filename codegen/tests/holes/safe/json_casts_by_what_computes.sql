-- level: extended
-- The cast to json does nothing but compute.
--@ scope creator

--! json_casts_by_what_computes
select jsonb_build_object('tone', s.tone) as song, s.pitch from songs s where s.creator_id = :creator_id;
