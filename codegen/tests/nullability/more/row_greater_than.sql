-- columns: price_cents=never, category=maybe
--@ scope system: "types only"

--! row_greater_than
SELECT c.price_cents, c.category
FROM content c
WHERE (c.price_cents, c.category) > (1, 'a')
;
