-- cardinality: opt
--@ scope system: "types only"

--! distinct_given_columns
--@ param u text
SELECT DISTINCT user_id FROM sessions WHERE user_id = :u
;
