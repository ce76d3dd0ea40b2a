-- columns: f=maybe
--@ scope system: "types only"

--! first_value_of_rows_that_the_outer_filter_drops
SELECT s.f
FROM (SELECT description AS d, first_value(description) OVER (ORDER BY id) AS f FROM content) s
WHERE s.d IS NOT NULL
;
