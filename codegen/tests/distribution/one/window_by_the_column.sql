--! window_by_the_column
select * from (select organization_id, title, rank() over (partition by organization_id order by views) from posts) p
where organization_id = :org;
