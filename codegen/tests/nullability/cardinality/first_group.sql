-- cardinality: opt
--@ scope system: "types only"

--! first_group
SELECT s.creator_id FROM (SELECT creator_id, row_number() OVER (ORDER BY count(*) DESC) AS n FROM content GROUP BY creator_id) s WHERE s.n = 1
;
