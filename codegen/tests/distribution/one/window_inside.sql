--! window_inside
select title, rank() over (order by views) from posts where organization_id = :org;
