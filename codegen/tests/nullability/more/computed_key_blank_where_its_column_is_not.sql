-- columns: k=maybe, u=maybe
--@ scope system: "types only"

--! computed_key_blank_where_its_column_is_not
SELECT category AS k, upper(category) AS u
FROM content
WHERE category IS NOT NULL
GROUP BY GROUPING SETS ((category), (upper(category)))
;
