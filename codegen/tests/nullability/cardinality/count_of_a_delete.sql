-- cardinality: one
--@ scope system: "types only"

--! count_of_a_delete
--@ param u text
WITH d AS (DELETE FROM sessions WHERE user_id = :u RETURNING id) SELECT count(*) AS n FROM d
;
