-- kind: opaque
-- So is each column of a row.
--@ scope creator

--! json_row_casts
select jsonb_agg(m) as moods from (select l.id, l.mood from letters l where l.creator_id = :creator_id) m;
