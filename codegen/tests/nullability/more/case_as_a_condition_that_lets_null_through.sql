-- columns: category=maybe
--@ scope system: "types only"

--! case_as_a_condition_that_lets_null_through
SELECT c.category
FROM content c
WHERE CASE WHEN c.category IS NULL THEN true ELSE c.price_cents > 0 END
;
