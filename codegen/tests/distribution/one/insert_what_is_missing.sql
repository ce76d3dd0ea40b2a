--! insert_what_is_missing
insert into posts (organization_id, id, title) values (:org, :id, :title) on conflict do nothing returning id;
