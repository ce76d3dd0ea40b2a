-- cardinality: many
--@ scope system: "types only"

--! first_of_a_partition_by_a_padded_key
--@ param o uuid
SELECT s.id FROM (SELECT c.id, row_number() OVER (PARTITION BY o.id ORDER BY c.id) AS n FROM content c LEFT JOIN organizations o ON o.id = c.organization_id AND o.id = :o) s WHERE s.n = 1
;
