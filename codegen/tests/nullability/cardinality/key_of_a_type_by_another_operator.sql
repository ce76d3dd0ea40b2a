-- cardinality: many
-- why: the operator is not the equality of the operator class, whatever it does
--@ scope system: "types only"

--! key_of_a_type_by_another_operator
SELECT title FROM labelled WHERE label ~= :label::label
;
