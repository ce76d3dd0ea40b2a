--! insert_from_elsewhere
insert into notes (organization_id, id, body) select :org, p.id + 100, p.title from posts p;
