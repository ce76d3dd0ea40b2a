--! insert_values
insert into posts (organization_id, id, title) values (:org, 9, :title) returning *;
