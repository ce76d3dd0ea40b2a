-- columns: a=never
-- elements: a=maybe
-- why: the first arm has NULL among its elements
--@ scope system: "types only"

--! elements_of_a_union
SELECT ARRAY(SELECT s.ip_address FROM sessions s) AS a
UNION ALL
SELECT ARRAY[u.id] FROM users u
;
