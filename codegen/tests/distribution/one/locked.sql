--! locked
select title from posts where organization_id = :org for update;
