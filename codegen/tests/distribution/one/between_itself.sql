--! between_itself
select title from posts where organization_id between :org and :org;
