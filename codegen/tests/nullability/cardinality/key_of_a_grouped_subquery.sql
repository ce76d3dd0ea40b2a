-- cardinality: opt
--@ scope system: "types only"

--! key_of_a_grouped_subquery
--@ param u text
SELECT x.id FROM (SELECT user_id AS id, count(*) AS n FROM sessions GROUP BY user_id) x WHERE x.id = :u
;
