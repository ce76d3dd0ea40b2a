-- columns: published_at=maybe, n=never
--@ scope system: "types only"

--! check_below_grouping_sets
SELECT published_at, count(*) AS n FROM posts WHERE state = 'published' GROUP BY ROLLUP (published_at)
;
