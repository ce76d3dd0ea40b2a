-- cardinality: many
--@ scope system: "types only"

--! first_after_arithmetic
SELECT s.token FROM (SELECT token, row_number() OVER (ORDER BY created_at) / 2 AS n FROM sessions) s WHERE s.n = 1
;
