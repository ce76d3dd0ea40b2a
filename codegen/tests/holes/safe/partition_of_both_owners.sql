--@ scope creator, organization

--! partition_of_both_owners
select s.id from sheets_2020 s where s.organization_id = :organization_id and s.drawer = :creator_id;
