-- columns: preview=maybe, n=never
--@ scope system: "types only"

--! coalesce_below_grouping_sets
SELECT coalesce(body, attachment) AS preview, count(*) AS n FROM notes GROUP BY GROUPING SETS ((body, attachment), (body))
;
