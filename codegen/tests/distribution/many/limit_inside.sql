--! limit_inside
select title from (select organization_id, title from posts order by views desc limit 3) p where organization_id = :org;
