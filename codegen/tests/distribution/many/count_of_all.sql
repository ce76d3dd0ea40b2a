--! count_of_all
select title, (select count(*) from posts) from posts where organization_id = :org;
