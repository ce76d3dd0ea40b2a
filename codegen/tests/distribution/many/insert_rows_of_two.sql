--! insert_rows_of_two
insert into notes (organization_id, id) values (:org, 9), (:other, 9);
