-- columns: ip_address=maybe, id=never
--@ scope system: "types only"

--! coalesce_of_one_side
SELECT s.ip_address, s.id
FROM users u
LEFT JOIN sessions s ON s.user_id = u.id
WHERE coalesce(s.ip_address, s.user_agent) IS NOT NULL
;
