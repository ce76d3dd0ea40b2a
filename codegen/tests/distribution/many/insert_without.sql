--! insert_without
insert into notes (id, body) values (9, :body);
