-- cardinality: opt
--@ scope system: "types only"

--! key_in_an_array_of_a_locked_row
DELETE FROM sessions WHERE id = any(array(SELECT s.id FROM sessions s ORDER BY s.id LIMIT 1 FOR UPDATE SKIP LOCKED)) RETURNING id
;
