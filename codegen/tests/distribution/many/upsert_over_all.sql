--! upsert_over_all
insert into slugs (organization_id, slug) values (:org, :slug)
on conflict (slug) do update set hits = slugs.hits + 1 where slugs.organization_id = :org returning hits;
