-- columns: a=maybe, b=maybe, d=never, e=maybe
--@ scope system: "types only"

--! in_subquery_as_a_value
SELECT c.category IN (SELECT m.mime_type FROM media_items m) AS a, c.title IN (SELECT m.mime_type FROM media_items m) AS b, c.title IN (SELECT m.title FROM media_items m) AS d, c.category IN (SELECT m.title FROM media_items m) AS e
FROM content c
;
