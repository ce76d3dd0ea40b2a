--! no_cascade
update labels set name = :name where id = :id;
