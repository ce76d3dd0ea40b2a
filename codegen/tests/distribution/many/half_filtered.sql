--! half_filtered
select count(*) filter (where organization_id = :org), count(*) from posts;
