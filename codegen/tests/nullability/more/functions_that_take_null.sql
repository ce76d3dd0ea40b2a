-- columns: a=never, b=maybe, d=maybe, e=never, f=never, g=never
--@ scope system: "types only"

--! functions_that_take_null
SELECT greatest(c.price_cents, c.view_count) AS a, least(c.price_cents, NULL) AS b, array_cat(NULL::text[], NULL) AS d, NULL::int[] || c.price_cents AS e, concat_ws(',', c.category) AS f, format('%s', c.category) AS g
FROM content c
;
