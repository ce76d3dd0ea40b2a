-- level: extended
-- Rows whose columns are compared by PostgreSQL itself are so too.
--@ scope creator

--! array_of_rows_compared
select l.id from letters l where l.creator_id = :creator_id and l.moments = l.moments order by l.moments;
