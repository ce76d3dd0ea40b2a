-- kind: opaque
-- To_json calls the cast of the type to json, which reads rows.
--@ scope creator

--! json_casts
select l.id, to_json(l.mood) as mood from letters l where l.creator_id = :creator_id;
