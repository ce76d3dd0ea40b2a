--! insert_computed
insert into notes (organization_id, id) values (:org + 1, 9);
