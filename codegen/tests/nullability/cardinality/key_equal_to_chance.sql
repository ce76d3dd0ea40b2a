-- cardinality: many
--@ scope system: "types only"

--! key_equal_to_chance
SELECT name FROM users u WHERE id = 'user-' || floor(random() * 3)::int
;
