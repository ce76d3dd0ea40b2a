-- columns: name=never
--@ scope system: "types only"

--! exists_on_a_padded_column
SELECT o.name
FROM content c
LEFT JOIN organizations o ON o.id = c.organization_id
WHERE EXISTS (SELECT 1 FROM purchases p WHERE p.organization_id = o.id)
;
