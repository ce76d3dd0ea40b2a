-- cardinality: many
--@ scope system: "types only"

--! first_row_on_the_other_side
SELECT s.token FROM (SELECT user_id, token, row_number() OVER (ORDER BY created_at DESC) AS n FROM sessions) s LEFT JOIN users u ON u.id = s.user_id AND s.n = 1
;
