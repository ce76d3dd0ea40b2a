-- cardinality: many
--@ scope system: "types only"

--! lateral_function_pins_its_own
--@ param u text
SELECT u.name FROM users u, lower(u.image) l WHERE u.id = l AND u.role = :u
;
