--! upsert
insert into posts (organization_id, id, title) values (:org, :id, :title)
on conflict (organization_id, id) do update set title = excluded.title, views = posts.views + 1 returning title, views;
