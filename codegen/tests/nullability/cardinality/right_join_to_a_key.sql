-- cardinality: opt
--@ scope system: "types only"

--! right_join_to_a_key
--@ param u text
SELECT s.id FROM users a RIGHT JOIN sessions s ON a.id = s.user_id WHERE s.token = :u
;
