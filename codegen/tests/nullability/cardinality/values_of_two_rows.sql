-- cardinality: many
--@ scope system: "types only"

--! values_of_two_rows
SELECT x.b FROM (VALUES (2), (3)) x(b)
;
