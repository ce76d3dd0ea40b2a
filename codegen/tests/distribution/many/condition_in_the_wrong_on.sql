--! condition_in_the_wrong_on
select p.title, c.body from posts p left join comments c on c.post = p.id and p.organization_id = :org and c.organization_id = :org;
