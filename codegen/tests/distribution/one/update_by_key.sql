--! update_by_key
update posts set views = views + 1 where organization_id = :org and id = :id returning views;
