--! trusted_and_not_immutable
select title, count_posts() from posts where organization_id = :org;
