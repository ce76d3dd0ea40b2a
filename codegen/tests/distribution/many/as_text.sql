--! as_text
-- same: the text determines the shard, but a database distributes by the uuid and not by its text
select title from posts where organization_id::text = :org;
