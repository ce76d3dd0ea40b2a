-- kind: opaque
-- Comparing rows calls the comparison functions of their columns, which read rows.
--@ scope creator

--! row_compared
select l.id from letters l join letters o on l = o where l.creator_id = :creator_id and o.creator_id = :creator_id;
