-- cardinality: opt
--@ scope system: "types only"

--! limit_one
SELECT name FROM users LIMIT 1
;
