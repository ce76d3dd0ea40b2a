--! write_alone
insert into people (id, name) values (:id, :name);
