--! group_by_the_column
select organization_id, count(*) from posts group by organization_id having organization_id = :org;
