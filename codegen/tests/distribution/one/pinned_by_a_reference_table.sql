--! pinned_by_a_reference_table
select p.title from organizations o join posts p on p.organization_id = o.id where o.id = :org;
