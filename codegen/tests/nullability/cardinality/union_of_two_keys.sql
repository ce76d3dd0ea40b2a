-- cardinality: many
--@ scope system: "types only"

--! union_of_two_keys
--@ param u text
SELECT name FROM users WHERE id = :u UNION ALL SELECT name FROM users WHERE id = :u
;
