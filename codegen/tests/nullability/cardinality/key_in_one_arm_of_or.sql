-- cardinality: many
--@ scope system: "types only"

--! key_in_one_arm_of_or
--@ param u text
SELECT name FROM users WHERE id = :u AND false OR email = :u
;
