-- cardinality: opt
--@ scope system: "types only"

--! first_row_of_a_partition_pinned_outside
--@ param u text
SELECT s.token FROM (SELECT user_id, token, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC) AS n FROM sessions) s WHERE s.n = 1 AND s.user_id = :u
;
