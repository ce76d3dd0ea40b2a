--! window_over_all
select title, n from (select organization_id, title, rank() over (order by views) as n from posts) p where organization_id = :org;
