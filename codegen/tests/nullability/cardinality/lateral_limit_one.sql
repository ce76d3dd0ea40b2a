-- cardinality: opt
--@ scope system: "types only"

--! lateral_limit_one
--@ param u text
SELECT s.token FROM users u JOIN LATERAL (SELECT token FROM sessions WHERE user_id = u.id ORDER BY token LIMIT 1) s ON true WHERE u.id = :u
;
