--! full_join_using
select p.title, c.body from posts p full join comments c using (organization_id, id) where organization_id = :org;
