-- cardinality: one
--@ scope system: "types only"

--! plain_count
SELECT count(*) AS n FROM users
;
