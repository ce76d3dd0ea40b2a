-- kind: opaque
-- Array_position calls the comparison function of the elements, which reads rows.
--@ scope creator

--! array_searched
select l.id, array_position(l.labels, l.label) as place from letters l where l.creator_id = :creator_id;
