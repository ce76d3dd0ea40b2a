-- cardinality: opt
--@ scope system: "types only"

--! group_beside_a_padded_row
--@ param u text
SELECT u.id, a.provider_id, count(*) AS n FROM users u LEFT JOIN accounts a ON a.id = u.image WHERE u.id = :u GROUP BY u.id, a.provider_id
;
