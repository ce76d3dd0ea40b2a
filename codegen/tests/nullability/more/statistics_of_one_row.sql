-- columns: a=never, b=maybe, n=never, d=maybe, e=never, f=maybe, g=maybe
--@ scope system: "types only"

--! statistics_of_one_row
SELECT percentile_cont(0.5) WITHIN
GROUP (ORDER BY c.view_count) AS a, mode() WITHIN
GROUP (ORDER BY c.category) AS b, count(DISTINCT c.category) AS n, max(c.view_count) FILTER (WHERE c.view_count > 3) AS d, var_pop(c.view_count) AS e, var_samp(c.view_count) AS f, corr(c.view_count, c.purchase_count) AS g
FROM content c
GROUP BY c.creator_id
;
