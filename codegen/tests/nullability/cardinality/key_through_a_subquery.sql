-- cardinality: opt
--@ scope system: "types only"

--! key_through_a_subquery
--@ param u text
SELECT * FROM (SELECT id, name FROM users WHERE image IS NULL) x WHERE x.id = :u
;
