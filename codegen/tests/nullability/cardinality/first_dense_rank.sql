-- cardinality: many
--@ scope system: "types only"

--! first_dense_rank
SELECT s.token FROM (SELECT token, dense_rank() OVER (ORDER BY user_id) AS n FROM sessions) s WHERE s.n = 1
;
