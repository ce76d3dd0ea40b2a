-- cardinality: many
--@ scope system: "types only"

--! key_in_an_array_of_its_own
SELECT name FROM users u WHERE id = any(array(SELECT s.user_id FROM sessions s WHERE s.user_id = u.id LIMIT 1))
;
