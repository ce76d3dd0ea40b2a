-- cardinality: many
--@ scope system: "types only"

--! update_by_a_rule
UPDATE shared_names SET name = 'x' WHERE id = :id RETURNING id
;
