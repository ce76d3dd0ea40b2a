-- cardinality: many
--@ scope system: "types only"

--! first_row_of_half_a_pinned_partition
--@ param u text
SELECT s.token FROM (SELECT user_id, token, row_number() OVER (PARTITION BY user_id, ip_address ORDER BY created_at DESC) AS n FROM sessions) s WHERE s.n = 1 AND s.user_id = :u
;
