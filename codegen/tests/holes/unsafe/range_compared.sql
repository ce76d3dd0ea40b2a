-- kind: opaque
-- A range compares its bounds by the class that it was given.
--@ scope creator

--! range_compared
select l.id from letters l where l.creator_id = :creator_id and l.span @> 5;
