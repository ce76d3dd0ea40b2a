-- cardinality: opt
--@ scope system: "types only"

--! key_in_an_array_of_one
SELECT name FROM users WHERE id = any(array(SELECT s.user_id FROM sessions s ORDER BY s.id LIMIT 1))
;
