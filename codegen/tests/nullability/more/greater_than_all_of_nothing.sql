-- columns: category=maybe
--@ scope system: "types only"

--! greater_than_all_of_nothing
SELECT c.category
FROM content c
WHERE c.category > ALL (SELECT m.mime_type FROM media_items m WHERE false)
;
