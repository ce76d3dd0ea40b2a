-- cardinality: many
-- why: numbers that differ by little are one as double precision
--@ scope system: "types only"

--! except_casts_the_key
SELECT c FROM (SELECT n AS c FROM numbers EXCEPT ALL SELECT 0::double precision) x WHERE c = 1
;
