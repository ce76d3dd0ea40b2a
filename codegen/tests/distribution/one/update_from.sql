--! update_from
update posts p set title = c.body from comments c
where c.organization_id = p.organization_id and c.post = p.id and c.id = 1 and p.organization_id = :org;
