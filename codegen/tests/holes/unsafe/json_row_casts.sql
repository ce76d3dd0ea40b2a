-- kind: opaque
-- Jsonb_agg of a row calls the cast of each column to json.
--@ scope creator

--! json_row_casts
select jsonb_agg(m) as moods from (select l.id, l.mood from letters l where l.creator_id = :creator_id) m;
