-- columns: name=maybe
--@ scope system: "types only"

--! exists_with_the_padded_column_in_its_own_padding
SELECT o.name
FROM content c
LEFT JOIN organizations o ON o.id = c.organization_id
WHERE EXISTS (SELECT 1 FROM purchases p LEFT JOIN users u ON u.id = o.name)
;
