-- cardinality: opt
-- why: each integer is another one as a bigint
--@ scope system: "types only"

--! except_widens_the_key
SELECT c FROM (SELECT small AS c FROM numbers EXCEPT ALL SELECT 0::bigint) x WHERE c = 1
;
