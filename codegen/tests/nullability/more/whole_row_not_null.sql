-- columns: name=never, description=never
--@ scope system: "types only"

--! whole_row_not_null
SELECT o.name, o.description
FROM content c
LEFT JOIN organizations o ON o.id = c.organization_id
WHERE o IS NOT NULL
;
