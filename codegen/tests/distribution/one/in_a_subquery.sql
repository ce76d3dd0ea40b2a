--! in_a_subquery
select title from posts where organization_id = :org
and id in (select post from comments where organization_id = :org);
