-- kind: move
-- By its content the whole is in scope of a creator, and so is the partition.
--@ scope organization

--! partition_moves_by_key
update marks_2020 m set content_id = c.id from content c
where c.organization_id = :organization_id and c.deleted_at is null and m.organization_id = :organization_id and c.id = :id;
