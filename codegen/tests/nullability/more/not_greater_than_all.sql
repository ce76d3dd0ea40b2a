-- columns: category=never
--@ scope system: "types only"

--! not_greater_than_all
SELECT c.category
FROM content c
WHERE NOT (c.category > ALL (SELECT m.mime_type FROM media_items m))
;
