--! join_using
select title, body from posts p join comments c using (organization_id) where organization_id = :org;
