-- cardinality: many
--@ scope system: "types only"

--! key_in_an_array_of_an_array
SELECT name FROM users WHERE id = any(array(SELECT array_agg(s.user_id) FROM sessions s))
;
