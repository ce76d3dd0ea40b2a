-- cardinality: many
--@ scope system: "types only"

--! distinct_on_a_key_of_grouping_sets
--@ param u text
SELECT DISTINCT ON (user_id) user_id, count(*) FROM sessions WHERE user_id = :u GROUP BY ROLLUP (user_id) ORDER BY user_id
;
