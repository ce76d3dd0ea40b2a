--! distinct_on_something_else
select title from (select distinct on (title) organization_id, title from posts order by title, organization_id desc) p where organization_id = :org;
