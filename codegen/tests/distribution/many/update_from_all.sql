--! update_from_all
update posts p set title = c.body from comments c where c.post = p.id and c.id = 3 and p.organization_id = :org;
