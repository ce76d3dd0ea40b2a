-- cardinality: many
--@ scope system: "types only"

--! limit_parameter
--@ param n bigint
SELECT name FROM users LIMIT :n
;
