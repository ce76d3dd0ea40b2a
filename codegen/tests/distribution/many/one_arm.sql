--! one_arm
select title from posts where organization_id = :org union select body from comments;
