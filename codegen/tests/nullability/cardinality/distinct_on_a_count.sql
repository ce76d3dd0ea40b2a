-- cardinality: many
--@ scope system: "types only"

--! distinct_on_a_count
SELECT DISTINCT ON (count(*)) creator_id FROM content GROUP BY creator_id
;
