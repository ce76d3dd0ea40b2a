-- columns: a=maybe, b=never, d=maybe, e=never, f=maybe, g=maybe, h=never
--@ scope system: "types only"

--! window_aggregates
SELECT sum(c.price_cents) OVER (ORDER BY c.id) AS a, sum(c.view_count) OVER (ORDER BY c.id) AS b, sum(c.view_count) FILTER (WHERE c.view_count > 2) OVER (ORDER BY c.id) AS d, count(c.price_cents) OVER () AS e, nth_value(c.title, 2) OVER (ORDER BY c.id) AS f, stddev_samp(c.view_count) OVER (ORDER BY c.id) AS g, stddev_pop(c.view_count) OVER (ORDER BY c.id) AS h
FROM content c
;
