-- cardinality: many
--@ scope system: "types only"

--! lateral_row_pins_its_own
--@ param u text
SELECT u.name FROM users u, LATERAL (SELECT a.user_id FROM accounts a WHERE a.id = u.image) l WHERE u.id = l.user_id AND u.role = :u
;
