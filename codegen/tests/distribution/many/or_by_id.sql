--! or_by_id
select title from posts where organization_id = :org or id = :id;
