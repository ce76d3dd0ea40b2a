-- cardinality: opt
--@ scope system: "types only"

--! first_row_of_a_pinned_partition
--@ param u text
SELECT s.token FROM (SELECT token, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC) AS n FROM sessions WHERE user_id = :u) s WHERE s.n = 1
;
