-- columns: name=maybe
--@ scope system: "types only"

--! scalar_count_of_the_padded_says_nothing
SELECT o.name
FROM content c
LEFT JOIN organizations o ON o.id = c.organization_id
WHERE (SELECT count(*) FROM purchases p WHERE p.organization_id = o.id) >= 0
;
