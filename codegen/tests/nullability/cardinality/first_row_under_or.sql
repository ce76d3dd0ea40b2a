-- cardinality: many
--@ scope system: "types only"

--! first_row_under_or
SELECT s.token FROM (SELECT user_id, token, row_number() OVER (ORDER BY created_at DESC) AS n FROM sessions) s WHERE s.n = 1 OR s.user_id = 'u1'
;
