-- columns: a=maybe, b=never, c=never, d=maybe
--@ scope system: "types only"

--! case_branch_knows_its_condition
SELECT CASE WHEN description IS NULL THEN category ELSE description END AS a, CASE WHEN description IS NULL THEN 'none' ELSE description END AS b, CASE WHEN description IS NOT NULL AND category IS NOT NULL THEN description || category ELSE title END AS c, CASE WHEN description IS NOT NULL OR category IS NOT NULL THEN description ELSE title END AS d
FROM content
;
