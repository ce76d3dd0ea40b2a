-- level: extended
-- The columns of the rows have built-in comparison functions.
--@ scope creator

--! array_of_rows_compared
select l.id from letters l where l.creator_id = :creator_id and l.moments = l.moments order by l.moments;
