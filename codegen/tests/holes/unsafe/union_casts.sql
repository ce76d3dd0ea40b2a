-- kind: opaque
-- UNION casts what its arms select to what they have in common.
--@ scope creator

--! union_casts
select l.old_name as name from letters l where l.creator_id = :creator_id union all select o.new_name from letters o where o.creator_id = :creator_id;
