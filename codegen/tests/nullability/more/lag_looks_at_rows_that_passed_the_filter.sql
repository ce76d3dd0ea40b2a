-- columns: p=maybe, title=never
--@ scope system: "types only"

--! lag_looks_at_rows_that_passed_the_filter
SELECT lag(x.title) OVER (ORDER BY x.id) AS p, x.title
FROM (SELECT id, description AS title FROM content) x
WHERE x.title IS NOT NULL
;
