-- columns: x=never, y=never
--@ scope system: "types only"

--! filter_above_except
SELECT d.x, d.y
FROM (SELECT description AS x, title AS y FROM content EXCEPT SELECT image, avatar_url FROM users) d
WHERE d.x IS NOT NULL
;
