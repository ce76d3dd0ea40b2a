-- kind: opaque
-- Comparing arrays calls the comparison function of the elements, which reads rows.
--@ scope creator

--! array_compared
select l.id from letters l where l.creator_id = :creator_id and l.labels = l.labels;
