--! batch_of_several
--@ batch
-- same: each call of it alone needs one shard, and the batch as many as it names
update posts set views = views + 1 where organization_id = :org and id = :id;
