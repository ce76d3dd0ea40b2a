-- cardinality: many
--@ scope system: "types only"

--! group_of_a_padded_row
--@ param u text
SELECT a.provider_id, count(*) AS n FROM users u LEFT JOIN accounts a ON a.id = :u AND u.image IS NOT NULL GROUP BY a.provider_id
;
