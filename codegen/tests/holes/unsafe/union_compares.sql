-- kind: opaque
-- UNION compares its rows by a function that reads rows.
--@ scope creator

--! union_compares
select l.label from letters l where l.creator_id = :creator_id union select o.label from letters o where o.creator_id = :creator_id;
