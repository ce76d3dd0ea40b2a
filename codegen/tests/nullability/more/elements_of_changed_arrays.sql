-- columns: a=never, b=never, c=never, d=never, e=never, f=never, g=never, h=never, i=never, j=never, k=maybe
-- elements: a=maybe, b=maybe, c=maybe, d=never, e=maybe, f=never, g=maybe, h=maybe, i=maybe, j=maybe, k=maybe
--@ scope system: "types only"

--! elements_of_changed_arrays
SELECT regexp_matches(u.name, '(a)(b)?') AS a, m.groups AS b, array_replace(ARRAY[u.id], u.id, u.image) AS c,
       array_replace(ARRAY[u.id], 'x', u.name) AS d, array_fill(u.image, ARRAY[2]) AS e, array_fill(u.id, ARRAY[2]) AS f,
       array_larger(ARRAY[u.image], ARRAY[u.id]) AS g, images_of(u.image) AS h,
       lag(ARRAY[u.id], 1, ARRAY[u.image]) OVER () AS i, max(ARRAY[u.image]) OVER () AS j,
       (SELECT percentile_cont(ARRAY[0.5, NULL]) WITHIN GROUP (ORDER BY length(s.token)) FROM sessions s) AS k
FROM users u CROSS JOIN LATERAL regexp_matches(u.name, '(a)(b)?') m (groups)
;
