-- cardinality: opt
-- why: the operator class of the type, whose functions are written in C, says what is unique and what is equal
--@ scope system: "types only"

--! key_of_a_compiled_type
SELECT title FROM labelled WHERE label = :label::label
;
