-- columns: category=maybe
--@ scope system: "types only"

--! conjunction_is_not_null
SELECT c.category
FROM content c
WHERE (c.category = 'art' AND c.price_cents > 0) IS NOT NULL
;
