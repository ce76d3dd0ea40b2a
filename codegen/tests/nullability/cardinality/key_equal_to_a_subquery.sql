-- cardinality: opt
--@ scope system: "types only"

--! key_equal_to_a_subquery
SELECT name FROM users WHERE id = (SELECT s.user_id FROM sessions s ORDER BY s.id LIMIT 1)
;
