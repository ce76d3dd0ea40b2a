--! join_on_the_column
select p.title, c.body from posts p
join comments c on c.organization_id = p.organization_id and c.post = p.id
where p.organization_id = :org;
