-- columns: category=never
--@ scope system: "types only"

--! in_subquery_is_an_equality
SELECT c.category
FROM content c
WHERE c.category IN (SELECT m.title FROM media_items m WHERE m.title > '')
;
