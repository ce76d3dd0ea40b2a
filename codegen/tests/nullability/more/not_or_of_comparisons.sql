-- columns: category=never, price_cents=never
--@ scope system: "types only"

--! not_or_of_comparisons
SELECT c.category, c.price_cents
FROM content c
WHERE NOT (c.category = 'art' OR c.price_cents > 0)
;
