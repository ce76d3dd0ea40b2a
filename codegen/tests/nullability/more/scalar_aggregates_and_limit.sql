-- columns: m=maybe, n=never, z=maybe
--@ scope system: "types only"

--! scalar_aggregates_and_limit
SELECT (SELECT max(s.expires_at) FROM sessions s WHERE s.user_id = u.id) AS m, (SELECT count(*) FROM sessions s WHERE s.user_id = u.id LIMIT 1) AS n, (SELECT count(*) FROM sessions s WHERE s.user_id = u.id LIMIT 0) AS z
FROM users u
;
