-- columns: a=maybe, b=never, c=never, d=never, e=never, f=maybe
--@ scope system: "types only"

--! window_frames_around_the_row
SELECT bool_or(c.is_paid) OVER w AS a, last_value(c.title) OVER w AS b, ntile(3) OVER w AS c, cume_dist() OVER w AS d, row_number() OVER w AS e, max(c.title) OVER (ORDER BY c.id RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE GROUP) AS f
FROM content c
WINDOW w AS (ORDER BY c.published_at GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING)
;
