-- cardinality: opt
--@ scope system: "types only"

--! left_join_to_a_key
--@ param id uuid
SELECT c.title, o.name FROM content c LEFT JOIN organizations o ON o.id = c.organization_id WHERE c.id = :id
;
