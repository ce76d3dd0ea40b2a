-- cardinality: opt
--@ scope system: "types only"

--! key_in_an_array_of_a_key
SELECT name FROM users WHERE id = any(array(SELECT s.user_id FROM sessions s WHERE s.id = :id))
;
