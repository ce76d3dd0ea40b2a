-- cardinality: many
--@ scope system: "types only"

--! function_of_the_key
--@ param u text
SELECT name FROM users WHERE lower(id) = :u
;
