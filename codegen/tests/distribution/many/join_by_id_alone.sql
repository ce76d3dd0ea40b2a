--! join_by_id_alone
select p.title, c.body from posts p join comments c on c.post = p.id where p.organization_id = :org;
