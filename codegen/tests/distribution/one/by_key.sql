--! by_key
select * from posts where organization_id = :org and id = :id;
