-- cardinality: many
--@ scope system: "types only"

--! first_row_of_each_partition
SELECT s.token FROM (SELECT token, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC) AS n FROM sessions) s WHERE s.n = 1
;
