-- kind: opaque
-- Arrays are compared by what compares their elements.
--@ scope creator

--! array_compared
select l.id from letters l where l.creator_id = :creator_id and l.labels = l.labels;
