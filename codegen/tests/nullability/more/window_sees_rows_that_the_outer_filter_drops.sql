-- columns: d=never, p=maybe
--@ scope system: "types only"

--! window_sees_rows_that_the_outer_filter_drops
SELECT s.d, s.p
FROM (SELECT description AS d, lag(description) OVER (ORDER BY id) AS p, first_value(description) OVER (ORDER BY id) AS f FROM content) s
WHERE s.d IS NOT NULL
;
