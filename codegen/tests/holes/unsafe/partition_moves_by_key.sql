-- kind: move
-- The foreign key that brings the partitioned table into scope also decides for its partitions.
--@ scope organization

--! partition_moves_by_key
update marks_2020 m set content_id = c.id from content c
where c.organization_id = :organization_id and c.deleted_at is null and m.organization_id = :organization_id and c.id = :id;
