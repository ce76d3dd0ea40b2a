--! at_most
select title from posts where organization_id <= :org;
