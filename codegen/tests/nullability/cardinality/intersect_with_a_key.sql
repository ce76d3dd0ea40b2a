-- cardinality: opt
--@ scope system: "types only"

--! intersect_with_a_key
--@ param u text
SELECT name FROM users WHERE id = :u INTERSECT SELECT name FROM users
;
