--! update_to_itself
update notes set organization_id = :org, body = 'new' where organization_id = :org;
