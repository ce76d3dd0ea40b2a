-- cardinality: many
-- PostgreSQL may join the subquery and run it again for each row: then it locks another row.
--@ scope system: "types only"

--! key_in_a_subquery_of_one
DELETE FROM sessions WHERE id IN (SELECT s.id FROM sessions s ORDER BY s.id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
;
