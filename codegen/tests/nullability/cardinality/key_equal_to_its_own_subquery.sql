-- cardinality: many
--@ scope system: "types only"

--! key_equal_to_its_own_subquery
SELECT name FROM users u WHERE id = (SELECT s.user_id FROM sessions s WHERE s.user_id = u.id LIMIT 1)
;
