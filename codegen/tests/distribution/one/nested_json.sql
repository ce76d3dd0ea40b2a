--! nested_json
select p.id, (select jsonb_agg(c.body order by c.id) from comments c where c.organization_id = p.organization_id and c.post = p.id)
from posts p where p.organization_id = :org;
