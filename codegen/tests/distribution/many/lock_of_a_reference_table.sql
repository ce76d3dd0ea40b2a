--! lock_of_a_reference_table
-- same: every node has a copy of the table, and this test only one
select a.name from people a join posts p on p.author = a.id where p.organization_id = :org for update of a;
