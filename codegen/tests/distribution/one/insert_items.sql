--! insert_items
insert into posts (organization_id, id, title)
select :org, i.id, i.title from unnest(:ids::int[], :titles::text[]) as i (id, title);
