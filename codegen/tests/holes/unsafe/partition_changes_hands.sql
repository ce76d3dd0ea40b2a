-- kind: move
-- The owner column of the partitioned table also decides for its partitions.
--@ scope organization

--! partition_changes_hands
update sheets_2020 s set drawer = m.user_id from memberships m
where m.organization_id = :organization_id and s.organization_id = :organization_id and m.user_id = :user_id;
