-- columns: u=never, l=maybe, n=never
--@ scope system: "types only"

--! having_on_one_of_two_computed_keys
SELECT upper(category) AS u, lower(category) AS l, count(*) AS n
FROM content
GROUP BY GROUPING SETS ((upper(category)), (lower(category)))
HAVING upper(category) IS NOT NULL
;
