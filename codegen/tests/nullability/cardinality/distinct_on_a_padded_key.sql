-- cardinality: many
--@ scope system: "types only"

--! distinct_on_a_padded_key
--@ param o uuid
SELECT DISTINCT ON (o.id) c.id FROM content c LEFT JOIN organizations o ON o.id = c.organization_id AND o.id = :o
;
