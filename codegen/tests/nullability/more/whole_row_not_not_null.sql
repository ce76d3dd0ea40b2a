-- columns: name=maybe
--@ scope system: "types only"

--! whole_row_not_not_null
SELECT o.name
FROM content c
LEFT JOIN organizations o ON o.id = c.organization_id
WHERE NOT (o IS NOT NULL)
;
