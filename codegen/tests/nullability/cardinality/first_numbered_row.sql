-- cardinality: opt
--@ scope system: "types only"

--! first_numbered_row
SELECT s.token FROM (SELECT token, row_number() OVER (ORDER BY created_at DESC) AS n FROM sessions) s WHERE s.n = 1
;
