--! view
select title from live_posts where organization_id = :org;
