-- cardinality: many
--@ scope system: "types only"

--! first_numbered_row_beside_a_set
SELECT s.part FROM (SELECT generate_series(1, 3) AS part, row_number() OVER (ORDER BY created_at DESC) AS n FROM sessions) s WHERE s.n = 1
;
