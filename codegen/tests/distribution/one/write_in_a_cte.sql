--! write_in_a_cte
with gone as (delete from comments where organization_id = :org and id = :id returning *)
update posts p set views = 0 from gone g where p.organization_id = :org and p.id = g.post;
