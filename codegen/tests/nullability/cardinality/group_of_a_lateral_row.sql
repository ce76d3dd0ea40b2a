-- cardinality: many
--@ scope system: "types only"

--! group_of_a_lateral_row
--@ param u text
SELECT l.provider_id, count(*) AS n FROM users u, LATERAL (SELECT a.provider_id FROM accounts a WHERE a.id = u.image) l WHERE u.role = :u GROUP BY l.provider_id
;
