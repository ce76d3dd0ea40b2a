--! insert_rows
insert into posts (organization_id, id, title) values (:org, 8, :title), (:org, 9, :title);
