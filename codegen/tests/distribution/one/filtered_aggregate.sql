--! filtered_aggregate
select count(*) filter (where organization_id = :org) from posts;
