-- why: a partition is on another server
-- kind: opaque
--@ scope creator

--! foreign_partition
select id from visits where creator_id = :creator_id
;
