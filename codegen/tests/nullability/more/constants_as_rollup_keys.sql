-- columns: one=maybe, k=maybe, n=never, z=never
-- deep: z
--@ scope system: "types only"

--! constants_as_rollup_keys
SELECT 1 AS one, 'x' AS k, count(*) AS n, coalesce('x', 'y') AS z
FROM content
GROUP BY ROLLUP (1, 2)
;
