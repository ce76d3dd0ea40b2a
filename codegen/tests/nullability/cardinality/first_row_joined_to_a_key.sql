-- cardinality: opt
--@ scope system: "types only"

--! first_row_joined_to_a_key
--@ param u text
SELECT u.name, s.token FROM users u LEFT JOIN (SELECT user_id, token, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC) AS n FROM sessions) s ON s.user_id = u.id AND s.n = 1 WHERE u.id = :u
;
