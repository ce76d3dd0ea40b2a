-- columns: s=never, c=maybe
--@ scope system: "types only"

--! filter_above_grouping_sets
SELECT x.s, x.c
FROM (SELECT status AS s, currency AS c FROM purchases GROUP BY GROUPING SETS ((status), (currency))) x
WHERE x.s IS NOT NULL
;
