-- cardinality: many
--@ scope system: "types only"

--! group_of_a_padded_key
--@ param u text
SELECT a.user_id, count(*) AS n FROM users u LEFT JOIN accounts a ON a.id = u.image AND a.user_id = :u GROUP BY a.user_id
;
