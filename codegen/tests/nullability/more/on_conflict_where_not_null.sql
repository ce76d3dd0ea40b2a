-- columns: description=never, logo_url=never, website_url=maybe
-- deep: logo_url
--@ scope system: "types only"

--! on_conflict_where_not_null
INSERT INTO organizations AS o (name, slug, description) SELECT name, slug, 'd'
FROM organizations ON CONFLICT (slug) DO UPDATE SET logo_url = excluded.description
WHERE o.description IS NOT NULL
RETURNING description, logo_url, website_url
;
