-- kind: value
-- A row of the partition must be in both scopes that own the partitioned table.
--@ scope creator, organization

--! partition_of_one_owner
select s.id, :creator_id as me from sheets_2020 s where s.organization_id = :organization_id;
