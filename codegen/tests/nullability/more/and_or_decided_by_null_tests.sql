-- columns: a=never, b=never, c=maybe, d=maybe
--@ scope system: "types only"

--! and_or_decided_by_null_tests
SELECT description IS NOT NULL AND description > 'a' AS a, description IS NULL OR description > 'a' AS b, description IS NULL AND description > 'a' AS c, NOT (description IS NOT NULL AND price_cents > 1) AS d
FROM content
;
