-- columns: slug_key=never
--@ scope system: "types only"

--! generated_column_filter
SELECT o.slug_key
FROM content c
LEFT JOIN organizations o ON o.id = c.organization_id
WHERE o.slug_key IS NOT NULL
;
