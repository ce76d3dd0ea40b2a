-- columns: description=maybe, logo_url=never, website_url=maybe
-- deep: logo_url
--@ scope system: "types only"

--! on_conflict_where_with_or
INSERT INTO organizations AS o (name, slug, description) SELECT name, slug, 'd'
FROM organizations ON CONFLICT (slug) DO UPDATE SET logo_url = excluded.description, website_url = o.website_url
WHERE o.description IS NOT NULL OR o.logo_url IS NULL
RETURNING description, logo_url, website_url
;
