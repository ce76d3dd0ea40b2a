--! insert_from_its_shard
insert into comments (organization_id, id, post, body)
select p.organization_id, p.id + 100, p.id, p.title from posts p where p.organization_id = :org;
