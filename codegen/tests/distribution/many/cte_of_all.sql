--! cte_of_all
with everything as (select * from posts) select e.title from everything e join people a on a.id = e.author;
