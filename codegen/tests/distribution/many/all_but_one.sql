--! all_but_one
select title from posts where organization_id <> :org;
