-- cardinality: many
--@ scope system: "types only"

--! key_equal_to_what_may_be_missing
--@ param u text
SELECT u.name FROM users u LEFT JOIN accounts a ON a.id = :u AND u.image IS NULL JOIN sessions s ON s.id = coalesce(a.user_id, 'x') WHERE u.id = s.user_id
;
