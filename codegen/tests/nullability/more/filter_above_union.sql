-- columns: x=never, y=maybe
--@ scope system: "types only"

--! filter_above_union
SELECT d.x, d.y
FROM (SELECT description AS x, category AS y FROM content UNION ALL SELECT image, avatar_url FROM users) d
WHERE d.x IS NOT NULL
;
