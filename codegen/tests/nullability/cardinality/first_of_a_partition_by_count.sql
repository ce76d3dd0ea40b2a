-- cardinality: many
--@ scope system: "types only"

--! first_of_a_partition_by_count
SELECT s.creator_id FROM (SELECT creator_id, row_number() OVER (PARTITION BY count(*) ORDER BY creator_id) AS n FROM content GROUP BY creator_id) s WHERE s.n = 1
;
