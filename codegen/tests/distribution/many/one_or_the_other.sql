--! one_or_the_other
select title from posts where organization_id = :org or organization_id = :other;
