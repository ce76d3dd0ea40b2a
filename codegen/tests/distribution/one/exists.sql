--! exists
select p.title from posts p where p.organization_id = :org
and exists (select from comments c where c.organization_id = p.organization_id and c.post = p.id);
