--! insert_into_a_reference_table
-- same: every node has a copy of the table, and this test only one
insert into people (id, name) select 100 + id, coalesce(title, '') from posts where organization_id = :org;
