--! cte
with mine as (select * from posts where organization_id = :org)
select m.title, c.body from mine m join comments c on c.organization_id = m.organization_id and c.post = m.id;
