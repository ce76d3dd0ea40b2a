--! insert_from_all
insert into notes (organization_id, id) select organization_id, id + 100 from posts;
