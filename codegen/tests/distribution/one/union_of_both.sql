--! union_of_both
select title from posts where organization_id = :org
union select body from comments where organization_id = :org;
