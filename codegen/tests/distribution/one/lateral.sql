--! lateral
select p.title, l.body from posts p
cross join lateral (select c.body from comments c where c.organization_id = p.organization_id and c.post = p.id order by c.id limit 1) l
where p.organization_id = :org;
