-- columns: price_cents=maybe, category=maybe
--@ scope system: "types only"

--! row_not_equal
SELECT c.price_cents, c.category
FROM content c
WHERE (c.price_cents, c.category) <> (1, 'a')
;
