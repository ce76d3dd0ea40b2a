-- kind: opaque
-- So does a function that looks for one of them.
--@ scope creator

--! array_searched
select l.id, array_position(l.labels, l.label) as place from letters l where l.creator_id = :creator_id;
