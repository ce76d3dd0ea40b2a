-- columns: a=maybe, b=never
--@ scope system: "types only"

--! recursive_columns_change_places
WITH RECURSIVE t(a, b, n) AS (SELECT id, image, 1 FROM users UNION ALL SELECT t.b, t.a, n + 1 FROM t WHERE n < 2) SELECT a, b
FROM t
WHERE b IS NOT NULL
;
