-- columns: m=maybe
--@ scope system: "types only"

--! aggregate_is_not_filtered_by_key
SELECT s.m
FROM (SELECT category, max(description) AS m FROM content GROUP BY category) s
WHERE s.category IS NOT NULL
;
