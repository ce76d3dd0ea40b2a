-- cardinality: one
--@ scope system: "types only"

--! insert_on_conflict_do_update
INSERT INTO users (id, name, email) VALUES ('user-0', 'n', 'nn') ON CONFLICT (id) DO UPDATE SET name = 'z' RETURNING id
;
