--! delete_using
delete from comments c using posts p
where p.organization_id = c.organization_id and p.id = c.post and p.state = 'draft' and c.organization_id = :org;
