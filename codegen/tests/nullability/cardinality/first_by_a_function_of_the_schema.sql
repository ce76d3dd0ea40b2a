-- cardinality: many
--@ scope system: "types only"

--! first_by_a_function_of_the_schema
SELECT s.token FROM (SELECT token, row_number(1) AS n FROM sessions) s WHERE s.n = 1
;
