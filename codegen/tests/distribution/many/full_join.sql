--! full_join
select p.title, c.body from posts p full join comments c on c.organization_id = p.organization_id and c.post = p.id and p.organization_id = :org;
