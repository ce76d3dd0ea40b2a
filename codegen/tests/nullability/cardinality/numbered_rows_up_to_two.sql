-- cardinality: many
--@ scope system: "types only"

--! numbered_rows_up_to_two
SELECT s.token FROM (SELECT token, row_number() OVER (ORDER BY created_at DESC) AS n FROM sessions) s WHERE s.n <= 2
;
