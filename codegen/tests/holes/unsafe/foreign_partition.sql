-- why: a partition is a foreign table
-- kind: opaque
--@ scope creator

--! foreign_partition
select id from visits where creator_id = :creator_id
;
