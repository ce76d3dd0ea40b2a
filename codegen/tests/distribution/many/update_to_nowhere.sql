--! update_to_nowhere
update notes set organization_id = null where organization_id = :org and id = :id;
