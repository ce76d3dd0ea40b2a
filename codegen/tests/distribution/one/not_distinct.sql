--! not_distinct
select title from posts where organization_id is not distinct from :org;
