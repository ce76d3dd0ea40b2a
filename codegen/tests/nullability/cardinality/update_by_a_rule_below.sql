-- cardinality: many
--@ scope system: "types only"

--! update_by_a_rule_below
UPDATE all_shared_names SET name = 'x' WHERE id = :id RETURNING id
;
