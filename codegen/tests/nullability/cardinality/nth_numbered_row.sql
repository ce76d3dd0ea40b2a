-- cardinality: opt
--@ scope system: "types only"

--! nth_numbered_row
--@ param n bigint
SELECT s.token FROM (SELECT token, row_number() OVER (ORDER BY created_at DESC) AS n FROM sessions) s WHERE s.n = :n
;
