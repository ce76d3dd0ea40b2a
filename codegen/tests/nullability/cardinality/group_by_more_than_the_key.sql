-- cardinality: many
--@ scope system: "types only"

--! group_by_more_than_the_key
--@ param u text
SELECT u.id, count(s.id) AS n FROM users u LEFT JOIN sessions s ON s.user_id = u.id WHERE u.id = :u GROUP BY u.id, s.user_agent
;
