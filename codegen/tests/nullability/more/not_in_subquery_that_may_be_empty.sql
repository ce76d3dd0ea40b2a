-- columns: category=maybe
--@ scope system: "types only"

--! not_in_subquery_that_may_be_empty
SELECT c.category
FROM content c
WHERE c.category NOT IN (SELECT m.title FROM media_items m WHERE m.title > 'zzz')
;
