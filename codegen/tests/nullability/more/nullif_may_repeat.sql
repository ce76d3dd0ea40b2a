-- columns: a=never, b=never
--@ scope system: "types only"

--! nullif_may_repeat
SELECT nullif(c.title, c.slug) AS a, nullif(c.title, c.slug) AS b
FROM content c
WHERE nullif(c.title, c.slug) <> ''
;
