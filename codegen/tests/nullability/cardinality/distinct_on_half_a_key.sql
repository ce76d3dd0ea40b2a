-- cardinality: many
--@ scope system: "types only"

--! distinct_on_half_a_key
--@ param u text
SELECT DISTINCT ON (user_id, ip_address) token FROM sessions WHERE user_id = :u ORDER BY user_id, ip_address, created_at DESC
;
