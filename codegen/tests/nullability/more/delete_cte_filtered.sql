-- columns: user_agent=never, ip_address=never
--@ scope system: "types only"

--! delete_cte_filtered
WITH d AS (DELETE FROM sessions WHERE user_agent IS NOT NULL RETURNING user_agent, ip_address) SELECT user_agent, ip_address
FROM d
WHERE ip_address > ''
;
