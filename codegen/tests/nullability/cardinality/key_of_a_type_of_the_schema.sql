-- cardinality: many
-- why: what the schema itself calls the equality of an operator class may hold for several rows
--@ scope system: "types only"

--! key_of_a_type_of_the_schema
SELECT title FROM labelled WHERE grade #= ROW(1)::grade
;
