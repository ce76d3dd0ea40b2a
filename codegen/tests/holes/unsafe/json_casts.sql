-- kind: opaque
-- What is made into JSON is cast by whatever cast there is.
--@ scope creator

--! json_casts
select l.id, to_json(l.mood) as mood from letters l where l.creator_id = :creator_id;
