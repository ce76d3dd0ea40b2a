-- cardinality: many
--@ scope system: "types only"

--! left_join_from_the_referenced_side
--@ param id uuid
SELECT c.title, o.name FROM organizations o LEFT JOIN content c ON o.id = c.organization_id WHERE o.id = :id
;
