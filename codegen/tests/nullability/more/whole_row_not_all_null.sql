-- columns: name=never, description=maybe
--@ scope system: "types only"

--! whole_row_not_all_null
SELECT o.name, o.description
FROM content c
LEFT JOIN organizations o ON o.id = c.organization_id
WHERE NOT (o IS NULL)
;
