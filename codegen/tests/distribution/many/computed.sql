--! computed
-- same: the computed value determines one shard, but this is not derived
select title from posts where organization_id = :org + 1 - 1;
