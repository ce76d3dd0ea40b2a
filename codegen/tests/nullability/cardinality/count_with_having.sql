-- cardinality: opt
--@ scope system: "types only"

--! count_with_having
SELECT count(*) AS n FROM users HAVING count(*) > 1
;
