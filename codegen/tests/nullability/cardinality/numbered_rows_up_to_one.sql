-- cardinality: opt
--@ scope system: "types only"

--! numbered_rows_up_to_one
WITH s AS (SELECT token, row_number() OVER (ORDER BY created_at DESC) AS n FROM sessions) SELECT token FROM s WHERE n <= 1
;
