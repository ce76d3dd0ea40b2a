-- cardinality: opt
--@ scope system: "types only"

--! count_with_offset
SELECT count(*) AS n FROM users OFFSET 1
;
