-- cardinality: opt
--@ scope system: "types only"

--! numbered_rows_below_two
SELECT s.token FROM (SELECT token, row_number() OVER (ORDER BY created_at DESC) AS n FROM sessions) s WHERE 2 > s.n
;
