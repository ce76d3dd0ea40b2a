-- kind: opaque
-- UNION casts its arms to a common type, by a cast that reads rows.
--@ scope creator

--! union_casts
select l.old_name as name from letters l where l.creator_id = :creator_id union all select o.new_name from letters o where o.creator_id = :creator_id;
