-- columns: a=never, b=never
-- elements: a=maybe
-- why: each call has what the one inside it has; beyond some depth nothing is known, and to look at each twice would take forever
--@ scope system: "types only"

--! calls_in_each_other
SELECT and_images(and_images(ARRAY[u.image])) AS a, cardinality(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(and_images(ARRAY[u.id]))))))))))))))))))))))))))))))))))))))))) AS b FROM users u
;
