-- kind: opaque
-- A range type compares its bounds by its operator class, whose function reads rows.
--@ scope creator

--! range_compared
select l.id from letters l where l.creator_id = :creator_id and l.span @> 5;
