--! group_by_something_else
select title from (select title, min(organization_id) as organization_id from posts group by title) p where organization_id = :org;
