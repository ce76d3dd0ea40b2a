--! batch_of_items
--@ batch
update posts set title = :title where organization_id = :organization_id and id = :id;
