-- cardinality: opt
--@ scope system: "types only"

--! distinct_on_a_given_key
--@ param u text
SELECT DISTINCT ON (user_id) token FROM sessions WHERE user_id = :u ORDER BY user_id, created_at DESC
;
