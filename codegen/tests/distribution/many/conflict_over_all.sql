--! conflict_over_all
insert into slugs (organization_id, slug) values (:org, :slug) on conflict (slug) do nothing returning hits;
