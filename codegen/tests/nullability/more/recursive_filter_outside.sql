-- columns: a=never, b=never, n=never
--@ scope system: "types only"

--! recursive_filter_outside
WITH RECURSIVE t(a, b, n) AS (SELECT id, image, 1 FROM users UNION ALL SELECT t.a, u.image, n + 1 FROM t JOIN users u ON u.id = t.a WHERE n < 2) SELECT a, b, n
FROM t
WHERE b IS NOT NULL
;
