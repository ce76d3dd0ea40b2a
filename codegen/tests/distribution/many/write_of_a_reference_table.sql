--! write_of_a_reference_table
-- same: every node has a copy of the table, and this test only one
with mine as (select author from posts where organization_id = :org)
update people set name = 'author' where id in (select author from mine);
