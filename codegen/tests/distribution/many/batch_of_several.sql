--! batch_of_several
--@ batch
-- same: each single call needs one shard, and the batch as many as its items name
update posts set views = views + 1 where organization_id = :org and id = :id;
