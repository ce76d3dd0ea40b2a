-- kind: opaque
-- To_json calls a cast whose function converts another value to JSON, by a cast that reads rows.
--@ scope creator

--! json_casts_further
select to_json(s.pitch) as pitch from songs s where s.creator_id = :creator_id;
