-- columns: a=never, b=never, s=maybe
-- elements: a=maybe, b=never
--@ scope system: "types only"

--! array_agg_and_string_agg_of_nullable
SELECT array_agg(c.category) AS a, array_agg(c.title) AS b, string_agg(c.category, ',') AS s
FROM content c
GROUP BY c.creator_id
;
