-- kind: opaque
-- What makes JSON of a value makes some of another one, which is cast by what reads.
--@ scope creator

--! json_casts_further
select to_json(s.pitch) as pitch from songs s where s.creator_id = :creator_id;
