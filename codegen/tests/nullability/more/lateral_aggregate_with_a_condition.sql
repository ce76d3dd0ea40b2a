-- columns: n=maybe, t=maybe
--@ scope system: "types only"

--! lateral_aggregate_with_a_condition
SELECT d.n, d.t
FROM users u
LEFT JOIN LATERAL (SELECT count(*) AS n, max(s.token) AS t FROM sessions s WHERE s.user_id = u.id) d ON d.n > 0
;
