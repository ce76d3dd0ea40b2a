-- cardinality: many
--@ scope system: "types only"

--! key_not_in_an_array_of_one
SELECT name FROM users WHERE id <> all(array(SELECT s.user_id FROM sessions s LIMIT 1))
;
