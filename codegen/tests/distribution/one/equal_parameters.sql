--! equal_parameters
select p.title, c.body from posts p join comments c on c.post = p.id
where p.organization_id = :org and c.organization_id = :other and :org = :other;
