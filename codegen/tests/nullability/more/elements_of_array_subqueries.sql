-- columns: a=never, b=never, c=never, d=never, e=never
-- elements: a=maybe, b=never, c=maybe, d=maybe, e=never
--@ scope system: "types only"

--! elements_of_array_subqueries
SELECT ARRAY(SELECT (ARRAY[u.id])[length(u.name)]) AS a, ARRAY(SELECT coalesce(u.image, 'abcdefgh')) AS b,
       lag(ARRAY(SELECT u.image), 1, ARRAY[u.id]) OVER () AS c, ARRAY(SELECT (ARRAY[u.image])[1:2]) AS d,
       (ARRAY[u.id])[1:2] AS e
FROM users u
;
