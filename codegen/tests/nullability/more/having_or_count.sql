-- columns: x=maybe, n=never
--@ scope system: "types only"

--! having_or_count
SELECT t.x, count(*) AS n
FROM (SELECT description AS x FROM content) t
GROUP BY t.x
HAVING t.x > '' OR count(*) > 0
;
