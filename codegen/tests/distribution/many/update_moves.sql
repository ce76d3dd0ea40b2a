--! update_moves
update notes set organization_id = :other where organization_id = :org;
