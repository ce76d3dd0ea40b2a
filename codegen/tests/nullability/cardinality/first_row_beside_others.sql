-- cardinality: many
--@ scope system: "types only"

--! first_row_beside_others
SELECT s.token FROM (SELECT user_id, token, row_number() OVER (ORDER BY created_at DESC) AS n FROM sessions) s JOIN content c ON c.creator_id = s.user_id WHERE s.n = 1
;
