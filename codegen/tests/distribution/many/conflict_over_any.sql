--! conflict_over_any
insert into slugs (organization_id, slug) values (:org, :slug) on conflict do nothing;
