-- columns: category=never
--@ scope system: "types only"

--! case_as_a_condition
SELECT c.category
FROM content c
WHERE CASE WHEN c.category IS NULL THEN false ELSE true END
;
