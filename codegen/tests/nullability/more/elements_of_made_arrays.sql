-- columns: a=never, b=never, c=never, d=never, e=never, f=never, g=never
-- elements: a=maybe, b=never, c=maybe, d=never, e=never, f=maybe, g=never
--@ scope system: "types only"

--! elements_of_made_arrays
SELECT ARRAY[image, name] AS a, ARRAY[id, name] AS b, ARRAY(SELECT s.ip_address FROM sessions s) AS c,
       ARRAY(SELECT s.id FROM sessions s) AS d, string_to_array(name, ' ') AS e,
       array_append(ARRAY[id], avatar_url) AS f, (SELECT x.t FROM (SELECT ARRAY[u.id] AS t) x) AS g
FROM users u
;
