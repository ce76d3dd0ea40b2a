--! exists_anywhere
select p.title from posts p where p.organization_id = :org and exists (select from comments c where c.post = p.id);
