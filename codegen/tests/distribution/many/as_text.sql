--! as_text
-- same: a text tells the shard no less, but no database hashes it so
select title from posts where organization_id::text = :org;
