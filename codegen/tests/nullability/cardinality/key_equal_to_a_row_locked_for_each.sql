-- cardinality: many
--@ scope system: "types only"

--! key_equal_to_a_row_locked_for_each
SELECT b.name FROM users a JOIN users b ON b.id = (SELECT s.user_id FROM sessions s WHERE s.user_id = a.id LIMIT 1 FOR UPDATE SKIP LOCKED) WHERE a.id = :id
;
