-- level: extended
-- A row is converted to JSON column by column, and these columns have no user-defined casts.
--@ scope creator

--! json_of_rows
select jsonb_agg(m) as moods, to_json(row(1, 'x'::text)) as one from (select l.id, l.moments, l.mood = 'good' as good from letters l where l.creator_id = :creator_id) m;
