-- columns: n=maybe
--@ scope system: "types only"

--! lateral_grouped_aggregate
SELECT d.n
FROM users u
LEFT JOIN LATERAL (SELECT count(*) AS n FROM sessions s WHERE s.user_id = u.id GROUP BY s.user_id) d ON true
;
